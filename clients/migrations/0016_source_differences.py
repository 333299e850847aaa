"""What a source says of a client and the base has otherwise: written by imports of clients."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0002_savedview'),
        ('clients', '0015_documents'),
    ]

    operations = [
        migrations.CreateModel(
            name='SourceDifference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(choices=[('name', 'name'), ('segment', 'type'), ('branch', 'branch'), ('region', 'region'), ('city', 'city'), ('address', 'address'), ('legal_name', 'name of the legal entity'), ('inn', 'INN'), ('kpp', 'KPP')], max_length=20, verbose_name='field')),
                ('here', models.CharField(max_length=300, verbose_name='in the base')),
                ('there', models.CharField(max_length=300, verbose_name='in the source')),
                ('seen_on', models.DateField(verbose_name='seen on')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='differences', to='clients.client')),
                ('intake', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.intake')),
                ('legal_entity', models.ForeignKey(blank=True, help_text='whose field it is', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.legalentity')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'difference from a source',
                'verbose_name_plural': 'differences from sources',
            },
        ),
        migrations.AddConstraint(
            model_name='sourcedifference',
            constraint=models.UniqueConstraint(fields=('client', 'legal_entity', 'field', 'source'), name='difference_once_per_source', nulls_distinct=False, violation_error_message='This difference from the source is known already.'),
        ),
        migrations.AddConstraint(
            model_name='sourcedifference',
            constraint=models.CheckConstraint(condition=models.Q(('field__in', ['name', 'segment', 'branch', 'region', 'city', 'address', 'legal_name', 'inn', 'kpp'])), name='difference_field_known', violation_error_message='This field is not compared with sources.'),
        ),
        migrations.AddConstraint(
            model_name='sourcedifference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('here', ''), _negated=True), models.Q(('there', ''), _negated=True), models.Q(('here', models.F('there')), _negated=True)), name='difference_of_two_values', violation_error_message='A difference is between two values.'),
        ),
    ]
