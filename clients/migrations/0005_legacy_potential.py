"""The old potential A-E of a client, information only (R71)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0001_initial'),
        ('clients', '0004_completeness'),
        ('staff', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='client',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='client',
            name='update_update',
        ),
        migrations.AddField(
            model_name='client',
            name='legacy_potential',
            field=models.CharField(blank=True, choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('D', 'D'), ('E', 'E')], db_default='', default='', editable=False, max_length=1, verbose_name='old potential'),
        ),
        migrations.AddField(
            model_name='clientevent',
            name='legacy_potential',
            field=models.CharField(blank=True, choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('D', 'D'), ('E', 'E')], db_default='', default='', editable=False, max_length=1, verbose_name='old potential'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='client',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientevent" ("address", "archive_reason", "archived_on", "branch_id", "buyer_kind", "channel", "city", "created_by_id", "created_on", "decision_pattern", "id", "intake_id", "legacy_potential", "legacy_type_id", "merged_into_id", "name", "name_key", "name_sort", "owned_from", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "segment_id", "separated_on") SELECT new_values."address", new_values."archive_reason", new_values."archived_on", new_values."branch_id", new_values."buyer_kind", new_values."channel", new_values."city", new_values."created_by_id", new_values."created_on", new_values."decision_pattern", new_values."id", new_values."intake_id", new_values."legacy_potential", new_values."legacy_type_id", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."name_sort", new_values."owned_from", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."region", new_values."segment_id", new_values."separated_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f09cc62be20ee630ba4de111a7294f24989378e2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a5391', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_client', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='client',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientevent" ("address", "archive_reason", "archived_on", "branch_id", "buyer_kind", "channel", "city", "created_by_id", "created_on", "decision_pattern", "id", "intake_id", "legacy_potential", "legacy_type_id", "merged_into_id", "name", "name_key", "name_sort", "owned_from", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "segment_id", "separated_on") SELECT new_values."address", new_values."archive_reason", new_values."archived_on", new_values."branch_id", new_values."buyer_kind", new_values."channel", new_values."city", new_values."created_by_id", new_values."created_on", new_values."decision_pattern", new_values."id", new_values."intake_id", new_values."legacy_potential", new_values."legacy_type_id", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."name_sort", new_values."owned_from", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."region", new_values."segment_id", new_values."separated_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='882cade1c5640ce209483dd936939b648cf160c5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_757e7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_client', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='client',
            constraint=models.CheckConstraint(condition=models.Q(('legacy_potential__in', ['', 'A', 'B', 'C', 'D', 'E'])), name='legacy_potential_is_a_letter', violation_error_message='An old potential is a letter from A to E.'),
        ),
    ]
