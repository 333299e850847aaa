"""Stored figures say which department the person was of (R380); those of before take the department of today."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

TABLES = ("result", "directionresult", "dayresult")
# Closed months are frozen by triggers; what was counted does not change.
FILL = "".join(
    f"""
ALTER TABLE kpi_{table} DISABLE TRIGGER USER;
UPDATE kpi_{table} stored SET department_id = person.department_id
FROM staff_employee person
WHERE person.id = stored.employee_id AND person.department_id IS NOT NULL;
ALTER TABLE kpi_{table} ENABLE TRIGGER USER;
"""
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("kpi", "0001_tables"), ("staff", "0001_tables")]

    operations = [
        *(
            migrations.AddField(
                model_name=table,
                name="department",
                field=models.ForeignKey(
                    db_index=False,
                    help_text="of the person, as the branch is (R380)",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="staff.department",
                ),
            )
            for table in TABLES
        ),
        migrations.AlterField(
            model_name="ownreport",
            name="rows",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[("client", "Clients"), ("type", "Types of clients"), ("group", "Groups of clients"), ("person", "People"), ("position", "Positions"), ("direction", "Directions"), ("branch", "Branches"), ("department", "Departments"), ("region", "Regions"), ("month", "Months")],
                    max_length=10,
                ),
                help_text="one or two",
                size=None,
            ),
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE;" + FILL, migrations.RunSQL.noop),
    ]
