"""Clients put into the archive by hand, and taken back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0004_completeness'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Archiving',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('archived_on', models.DateField()),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('taken_back_on', models.DateField(null=True)),
                ('archived_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='archivings', to='clients.client')),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.lossreason', verbose_name='reason')),
                ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'archiving',
                'verbose_name_plural': 'archivings',
                'indexes': [models.Index(fields=['client', '-id'], name='archiving_client')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('taken_back_by__isnull', True), ('taken_back_on__isnull', True)), models.Q(('taken_back_by__isnull', False), ('taken_back_on__gte', models.F('archived_on'))), _connector='OR'), name='archiving_taken_back_by_somebody', violation_error_message='A client is taken back from the archive by somebody, not before that day.')],
            },
        ),
    ]
