"""A phone that asks to be renewed is marked when the attempt is counted, by the figure in force on that day (R56, R376)."""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

OLD = import_module("clients.migrations.0004_completeness").VIEW.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
NEW = OLD.replace("point.failed_attempts >= 3", "point.is_doubtful")
MARKED = "UPDATE clients_contactpoint SET is_doubtful = true WHERE failed_attempts >= 3"


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0006_ownership_by_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contactpoint',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contactpoint',
            name='update_update',
        ),
        migrations.AddField(
            model_name='contactpoint',
            name='is_doubtful',
            field=models.BooleanField(db_default=False, default=False, verbose_name='asks to be renewed'),
        ),
        migrations.AddField(
            model_name='contactpointevent',
            name='is_doubtful',
            field=models.BooleanField(db_default=False, default=False, verbose_name='asks to be renewed'),
        ),
        migrations.RunSQL(MARKED, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_contactpointevent" ("client_id", "contact_id", "dead_by_id", "dead_on", "dead_reason", "failed_attempts", "id", "is_doubtful", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value", "value_key") SELECT new_values."client_id", new_values."contact_id", new_values."dead_by_id", new_values."dead_on", new_values."dead_reason", new_values."failed_attempts", new_values."id", new_values."is_doubtful", new_values."kind", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."value", new_values."value_key" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='30aefb10648a6511e58233c498deb353d4b8f753', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3b506', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_contactpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_contactpointevent" ("client_id", "contact_id", "dead_by_id", "dead_on", "dead_reason", "failed_attempts", "id", "is_doubtful", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value", "value_key") SELECT new_values."client_id", new_values."contact_id", new_values."dead_by_id", new_values."dead_on", new_values."dead_reason", new_values."failed_attempts", new_values."id", new_values."is_doubtful", new_values."kind", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."value", new_values."value_key" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4c4579f5797334af596e4f8d97c70582bd6bdd28', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_57750', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_contactpoint', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='contactpoint',
            constraint=models.CheckConstraint(condition=models.Q(('is_doubtful', False), ('failed_attempts__gt', 0), _connector='OR'), name='doubted_for_attempts'),
        ),
        migrations.RunSQL(NEW, OLD),
    ]
