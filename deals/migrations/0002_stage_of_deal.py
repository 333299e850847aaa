"""The state of a deal is the kind of its stage, and its stage is one of its pipeline: the database keeps both (R130)."""

from django.db import migrations

STANDS = """
    ALTER TABLE deals_deal ADD CONSTRAINT deal_stands_in_its_stage
        FOREIGN KEY (pipeline_id, stage_id, state) REFERENCES deals_stage (pipeline_id, id, kind)
        DEFERRABLE INITIALLY IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_tables")]

    operations = [migrations.RunSQL(STANDS, "ALTER TABLE deals_deal DROP CONSTRAINT deal_stands_in_its_stage")]
