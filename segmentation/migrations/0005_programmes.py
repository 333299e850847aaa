import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0009_standing_contacts'),
        ('deals', '0001_tasks'),
        ('segmentation', '0004_priorities'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('starts_on', models.DateField(help_text='first day of a month; counted to the end of the year', verbose_name='counted from')),
                ('aim', models.CharField(max_length=300, verbose_name='aim')),
                ('aim_turnover', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ('aim_share', models.DecimalField(blank=True, decimal_places=4, help_text='of the need', max_digits=5, null=True)),
                ('need', models.DecimalField(blank=True, decimal_places=4, help_text='of the group, of all suppliers, in the time', max_digits=20, null=True)),
                ('state', models.CharField(choices=[('proposed', 'to be approved'), ('running', 'running'), ('reached', 'aim reached'), ('ended', 'ended without its aim')], default='proposed', max_length=10)),
                ('made_on', models.DateField()),
                ('approved_on', models.DateField(blank=True, null=True)),
                ('review_on', models.DateField(blank=True, help_text='the next review is due from this day on', null=True)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('closing', models.CharField(blank=True, max_length=300, verbose_name='what came of it')),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name='+', to='clients.category')),
                ('client', models.ForeignKey(db_index=False, on_delete=PROTECT, related_name='programmes', to='clients.client')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('direction', models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name='+', to='clients.direction')),
                ('made_by', models.ForeignKey(on_delete=PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who answers for it')),
                ('review_task', models.OneToOneField(blank=True, null=True, on_delete=PROTECT, related_name='+', to='deals.task')),
            ],
            options={
                'verbose_name': 'action programme',
                'verbose_name_plural': 'action programmes',
                'indexes': [
                    models.Index(fields=['client', '-year'], name='programme_client'),
                    models.Index(condition=models.Q(('state', 'running')), fields=['review_on', 'id'], name='programme_review'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'running'])), fields=('client', 'year'), name='one_programme_a_year', violation_error_message='The client has a programme for this year already.'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'running', 'reached', 'ended'])), name='programme_state_known', violation_error_message='This state of a programme is not known.'),
                    models.CheckConstraint(condition=models.Q(('aim', ''), _negated=True), name='programme_says_its_aim', violation_error_message='A programme says its aim.'),
                    models.CheckConstraint(condition=models.Q(('direction__isnull', True), ('category__isnull', True), _connector='OR'), name='programme_of_one_group', violation_error_message='A programme is of a direction or of a category, not of both.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('aim_share__isnull', True), ('aim_turnover__gt', 0)), models.Q(('aim_share__gt', 0), ('aim_share__lte', 1), ('aim_turnover__isnull', True), ('need__isnull', False)), _connector='OR'), name='programme_aims_at_one_figure', violation_error_message='A programme aims at a turnover, or at a share of a known need.'),
                    models.CheckConstraint(condition=models.Q(('need__isnull', True), ('need__gt', 0), _connector='OR'), name='programme_need_positive', violation_error_message='A need is more than nothing.'),
                    models.CheckConstraint(condition=models.Q(('starts_on__day', 1), ('starts_on__year', models.F('year'))), name='programme_begins_in_its_year', violation_error_message='A programme begins with a month of its year.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('approved_by__isnull', True), ('approved_on__isnull', True)), models.Q(('approved_by__isnull', False), ('approved_on__isnull', False)), _connector='OR'), name='programme_approved_by_somebody', violation_error_message='An approved programme says when it was approved and by whom.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('approved_on__isnull', True), ('state', 'proposed')), models.Q(('approved_on__isnull', False), ('state', 'running')), ('state__in', ['reached', 'ended']), _connector='OR'), name='programme_runs_approved', violation_error_message='A programme runs from its approval on.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('closed_by__isnull', True), ('closed_on__isnull', True), ('closing', ''), ('state__in', ['proposed', 'running'])), models.Q(('closed_by__isnull', False), ('closed_on__isnull', False), ('state__in', ['reached', 'ended']), models.Q(('closing', ''), _negated=True)), _connector='OR'), name='programme_closed_with_a_word', violation_error_message='A closed programme says when, by whom and what came of it.'),
                    models.CheckConstraint(condition=models.Q(('review_on__isnull', True), ('state', 'running'), _connector='OR'), name='programme_reviewed_while_running', violation_error_message='Only a running programme is reviewed.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(blank=True, choices=[('needs', 'needs are found out'), ('offer', 'the offer is adapted'), ('quote', 'everybody who decides has the offer')], max_length=10, verbose_name='step of the cycle')),
                ('path', models.CharField(blank=True, choices=[('assortment', 'missing assortment'), ('category', 'missing category'), ('price', 'missing price offer'), ('rivals', 'other quality or price than competitors'), ('partnership', 'partnership: fixed assortment, volume, period'), ('batches', 'large non-standard batches (TOP only)'), ('label', 'exclusive tailoring, private label')], max_length=12, verbose_name='way to develop')),
                ('programme', models.ForeignKey(on_delete=PROTECT, related_name='steps', to='segmentation.programme')),
                ('task', models.OneToOneField(on_delete=PROTECT, related_name='+', to='deals.task')),
            ],
            options={
                'verbose_name': 'step of a programme',
                'verbose_name_plural': 'steps of programmes',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('stage__in', ['', 'needs', 'offer', 'quote'])), name='programme_stage_known', violation_error_message='This step of the cycle is not known.'),
                    models.CheckConstraint(condition=models.Q(('path__in', ['', 'assortment', 'category', 'price', 'rivals', 'partnership', 'batches', 'label'])), name='programme_path_known', violation_error_message='This way to develop a client is not known.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', models.DateField(help_text='its first day')),
                ('turnover', models.DecimalField(decimal_places=4, max_digits=20)),
                ('aimed', models.DecimalField(decimal_places=4, max_digits=20)),
                ('verdict', models.CharField(choices=[('on_course', 'on course'), ('behind', 'behind, can be made up'), ('out_of_reach', 'out of reach')], max_length=12, verbose_name='verdict')),
                ('comment', models.CharField(max_length=1000, verbose_name='comment')),
                ('day', models.DateField()),
                ('author', models.ForeignKey(on_delete=PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(db_index=False, on_delete=PROTECT, related_name='reviews', to='segmentation.programme')),
            ],
            options={
                'verbose_name': 'review of a programme',
                'verbose_name_plural': 'reviews of programmes',
                'constraints': [
                    models.UniqueConstraint(fields=('programme', 'quarter'), name='one_review_a_quarter', violation_error_message='This quarter has been reviewed already.'),
                    models.CheckConstraint(condition=models.Q(('quarter__day', 1), ('quarter__month__in', [1, 4, 7, 10])), name='review_of_a_quarter', violation_error_message='A quarter begins in January, April, July or October.'),
                    models.CheckConstraint(condition=models.Q(('verdict__in', ['on_course', 'behind', 'out_of_reach']), models.Q(('comment', ''), _negated=True)), name='review_says_something', violation_error_message='A review has a verdict and a comment.'),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmereview',
            trigger=pgtrigger.compiler.Trigger(name='review_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7a01a8a9d5b237c4a38f00cdb96a8fc6525d4615', operation='UPDATE OR DELETE', pgid='pgtrigger_review_stays_078a2', table='segmentation_programmereview', when='BEFORE')),
        ),
    ]
