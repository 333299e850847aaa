"""What is unpaid of a client stands with what is computed of it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0016_source_differences'),
    ]

    operations = [
        migrations.AddField(
            model_name='standing',
            name='debt',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, help_text='unpaid of invoices that are not cancelled', max_digits=18),
        ),
    ]
