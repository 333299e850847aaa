"""Reconciliations of the base and their lines, each of which may become a task."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0016_source_differences'),
        ('deals', '0002_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('made_by', models.ForeignKey(blank=True, help_text='empty: the schedule', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who asked for it')),
            ],
            options={
                'verbose_name': 'reconciliation',
                'verbose_name_plural': 'reconciliations',
            },
        ),
        migrations.CreateModel(
            name='ReconciliationLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('duplicate', 'likely duplicate'), ('empty', 'empty fields'), ('dead', 'dead phone or e-mail'), ('differs', 'differs from a source')], max_length=10, verbose_name='kind')),
                ('about', models.JSONField(default=dict)),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='settled')),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client', verbose_name='client')),
                ('other', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client', verbose_name='other client')),
                ('reconciliation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='deals.reconciliation')),
                ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.task', verbose_name='task')),
            ],
            options={
                'verbose_name': 'line of a reconciliation',
                'verbose_name_plural': 'lines of reconciliations',
            },
        ),
        migrations.AddConstraint(
            model_name='reconciliation',
            constraint=models.UniqueConstraint(fields=('day',), name='one_reconciliation_a_day', violation_error_message='The base was looked through on this day already.'),
        ),
        migrations.AddIndex(
            model_name='reconciliationline',
            index=models.Index(fields=['reconciliation', 'kind', 'id'], name='reconciliation_list'),
        ),
        migrations.AddIndex(
            model_name='reconciliationline',
            index=models.Index(condition=models.Q(('settled_on__isnull', True)), fields=['kind', 'reconciliation'], name='reconciliation_open'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationline',
            constraint=models.UniqueConstraint(fields=('reconciliation', 'kind', 'client', 'other'), name='reconciliation_line_once', nulls_distinct=False, violation_error_message='The reconciliation has this line already.'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationline',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['duplicate', 'empty', 'dead', 'differs'])), name='reconciliation_kind_known', violation_error_message='This kind of line is not known.'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'duplicate'), ('other__isnull', False)), models.Q(('kind__in', ['empty', 'dead', 'differs']), ('other__isnull', True)), _connector='OR'), name='reconciliation_pair_of_two', violation_error_message='A likely duplicate names the other client, other lines name none.'),
        ),
    ]
