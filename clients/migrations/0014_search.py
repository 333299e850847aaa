"""Indexes of the global search: numbers of documents, codes and KPP of legal entities, built while people work."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('clients', '0013_participant_roles'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='legalentity',
            index=models.Index(condition=models.Q(('kpp', ''), _negated=True), fields=['kpp'], name='legalentity_kpp', opclasses=['varchar_pattern_ops']),
        ),
        AddIndexConcurrently(
            model_name='externalcode',
            index=django.contrib.postgres.indexes.GinIndex(fields=['code'], name='externalcode_code_trgm', opclasses=['gin_trgm_ops']),
        ),
        AddIndexConcurrently(
            model_name='shipment',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('number', ''), _negated=True), fields=['number'], name='shipment_number_trgm', opclasses=['gin_trgm_ops']),
        ),
    ]
