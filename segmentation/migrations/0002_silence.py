"""How far the terms have carried a client by themselves, whatever a person says of archiving."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('segmentation', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='clientstate',
            name='silence',
            field=models.CharField(blank=True, db_default='', default='', help_text='how far the terms have carried it by themselves', max_length=10),
        ),
        migrations.RunSQL(
            """
            UPDATE segmentation_clientstate
            SET silence = CASE
                WHEN NOT archived_by_hand THEN status
                WHEN archive_on <= since THEN 'archived'
                WHEN lost_on <= since THEN 'lost'
                ELSE 'zero'
            END
            WHERE status IN ('zero', 'lost', 'archived') AND (NOT archived_by_hand OR zero_since IS NOT NULL)
            """,
            migrations.RunSQL.noop,
        ),
    ]
