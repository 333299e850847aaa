import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from salescrm.base.migrating import Together


class Migration(migrations.Migration):

    replaces = [('base', '0001_initial'), ('base', '0002_letter_file')]

    initial = True

    dependencies = [
        ('staff', '0001_tables'),
    ]

    operations = [
        Together(
            operations=[
                migrations.CreateModel(
                    name='AccessLog',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('export', 'export'), ('mass_read', 'many cards opened'), ('reveal', 'contact shown')], max_length=10)),
                        ('screen', models.CharField(max_length=60)),
                        ('rows', models.PositiveIntegerField()),
                        ('detail', models.JSONField(default=dict)),
                        ('at', models.DateTimeField(auto_now_add=True)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(models.F('person'), models.OrderBy(models.F('at'), descending=True), name='accesslog_person')],
                    },
                ),
                migrations.CreateModel(
                    name='AutomationSwitch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=40)),
                        ('is_on', models.BooleanField(verbose_name='switched on')),
                        ('comment', models.CharField(max_length=300, verbose_name='why')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['code', '-id'], name='automationswitch_newest')],
                    },
                ),
                migrations.CreateModel(
                    name='ColumnMap',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=30)),
                        ('name', models.SlugField(max_length=60)),
                        ('columns', models.JSONField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('kind', 'name'), name='one_map_per_name')],
                    },
                ),
                migrations.CreateModel(
                    name='DailyLetter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hour', models.PositiveSmallIntegerField(default=8, verbose_name='hour of the daily letter')),
                        ('working_days_only', models.BooleanField(default=True, verbose_name='on working days only')),
                        ('done_on', models.DateField(null=True)),
                        ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('hour__lte', 23)), name='hour_of_a_day', violation_error_message='The hour lies between 0 and 23.')],
                    },
                ),
                migrations.CreateModel(
                    name='Heartbeat',
                    fields=[
                        ('name', models.CharField(max_length=30, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Intake',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(help_text='what the file holds: orders, later clients, contacts …', max_length=30)),
                        ('file_name', models.CharField(max_length=255)),
                        ('mapping', models.JSONField(default=dict)),
                        ('options', models.JSONField(default=dict)),
                        ('state', models.CharField(choices=[('new', 'columns to be checked'), ('checking', 'being checked'), ('checked', 'checked'), ('running', 'being loaded'), ('done', 'loaded'), ('refused', 'refused'), ('undone', 'undone')], default='new', max_length=10)),
                        ('counts', models.JSONField(default=dict)),
                        ('refusal', models.TextField(blank=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('undone_at', models.DateTimeField(null=True)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='base.job')),
                        ('error_file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.storedfile')),
                        ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.storedfile')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-id'], name='intake_list')],
                    },
                ),
                migrations.CreateModel(
                    name='Job',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=50)),
                        ('arguments', models.JSONField(default=dict)),
                        ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10)),
                        ('done', models.PositiveBigIntegerField(default=0, help_text='units finished, of `total`')),
                        ('total', models.PositiveBigIntegerField(null=True)),
                        ('stage', models.CharField(blank=True, help_text='what is being done now, in source language', max_length=100)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('result', models.JSONField(null=True)),
                        ('error', models.TextField(blank=True)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('dispatched_at', models.DateTimeField(null=True)),
                        ('started_at', models.DateTimeField(null=True)),
                        ('heartbeat_at', models.DateTimeField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('error_file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.storedfile')),
                        ('result_file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.storedfile')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['state', 'heartbeat_at'], name='job_open')],
                    },
                ),
                migrations.CreateModel(
                    name='Letter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('to', models.EmailField(max_length=254)),
                        ('subject', models.CharField(max_length=300)),
                        ('text', models.TextField()),
                        ('html', models.TextField(blank=True)),
                        ('state', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('failed', 'failed'), ('no_server', 'no mail server')], default='waiting', max_length=10)),
                        ('error', models.TextField(blank=True)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('sent_at', models.DateTimeField(null=True)),
                        ('file', models.ForeignKey(help_text='attached', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.storedfile')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state', 'sent'), _negated=True), fields=['id'], name='letter_open')],
                    },
                ),
                migrations.CreateModel(
                    name='Notification',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40)),
                        ('text', models.CharField(help_text='source-language sentence with {names} of `values`', max_length=500)),
                        ('values', models.JSONField(default=dict)),
                        ('url', models.CharField(blank=True, max_length=300)),
                        ('key', models.CharField(max_length=150)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('read_at', models.DateTimeField(null=True)),
                        ('is_settled', models.BooleanField(default=False, help_text='a letter has told it, or none will')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['person', '-id'], name='notification_list'), models.Index(condition=models.Q(('is_settled', False)), fields=['person'], name='notification_to_write')],
                        'constraints': [models.UniqueConstraint(fields=('person', 'key'), name='told_once')],
                    },
                ),
                migrations.CreateModel(
                    name='NotificationChoice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40)),
                        ('in_program', models.BooleanField(default=True)),
                        ('by_letter', models.CharField(choices=[('at_once', 'at once'), ('daily', 'in the daily letter'), ('never', 'not by letter')], max_length=7)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('person', 'kind'), name='one_choice_per_kind'), models.CheckConstraint(condition=models.Q(('by_letter__in', ['at_once', 'daily', 'never'])), name='by_letter_known', violation_error_message='This way of a letter is not known.')],
                    },
                ),
                migrations.CreateModel(
                    name='NumberVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=40)),
                        ('value', models.PositiveIntegerField(verbose_name='value')),
                        ('effective_from', models.DateField(verbose_name='in force from')),
                        ('comment', models.CharField(max_length=300, verbose_name='why')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['code', '-effective_from', '-id'], name='numberversion_in_force')],
                    },
                ),
                migrations.CreateModel(
                    name='SavedView',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('list_name', models.CharField(help_text="name of the list's spec", max_length=40)),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('query', models.CharField(blank=True, help_text='of the address, as it says things', max_length=4000)),
                        ('widths', models.JSONField(default=dict, help_text='pixels by column')),
                        ('audience', models.CharField(choices=[('own', 'only me'), ('team', 'my team'), ('branch', 'my office'), ('all', 'everybody')], default='own', max_length=6, verbose_name='who sees it')),
                        ('deleted_at', models.DateTimeField(help_text='can be brought back for a while', null=True)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(models.Q(('audience', 'own'), _negated=True), ('deleted_at__isnull', True)), fields=['list_name'], name='savedview_shared')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('owner', 'list_name', 'name'), name='one_view_per_name', violation_error_message='You have a view of this name already.')],
                    },
                ),
                migrations.CreateModel(
                    name='StepRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('as_of', models.DateField()),
                        ('step', models.CharField(max_length=30)),
                        ('state', models.CharField(choices=[('done', 'done'), ('skipped', 'nothing changed'), ('failed', 'failed')], max_length=10)),
                        ('rows', models.PositiveBigIntegerField(default=0)),
                        ('seconds', models.FloatField(default=0)),
                        ('fingerprint', models.CharField(blank=True, help_text='window, rule set and inputs the step ran on', max_length=200)),
                        ('detail', models.JSONField(default=dict)),
                        ('at', models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-as_of', 'step'], name='steprun_journal')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'failed'), _negated=True), fields=('step', 'as_of'), name='a_step_is_done_once_per_night')],
                    },
                ),
                migrations.CreateModel(
                    name='StoredFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('file', models.FileField(upload_to='%Y/%m/')),
                        ('name', models.CharField(max_length=255, verbose_name='name')),
                        ('content_type', models.CharField(blank=True, max_length=100)),
                        ('size', models.PositiveBigIntegerField()),
                        ('sha256', models.CharField(max_length=64)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='automationswitch',
                    trigger=pgtrigger.compiler.Trigger(name='switches_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1caa10fa8f5da208a7140c9f32c640d84b3176fa', operation='UPDATE OR DELETE', pgid='pgtrigger_switches_stay_f31bd', table='base_automationswitch', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='numberversion',
                    trigger=pgtrigger.compiler.Trigger(name='numbers_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='15a69c878142644db610a1921bffecda2edfffda', operation='UPDATE OR DELETE', pgid='pgtrigger_numbers_stay_aed36', table='base_numberversion', when='BEFORE')),
                ),
            ],
        ),
    ]
