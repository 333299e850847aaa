from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0008_communications'),
    ]

    operations = [
        migrations.AddField(
            model_name='standing',
            name='contact_months',
            field=models.PositiveSmallIntegerField(help_text='a contact at least once in so many months', null=True),
        ),
        migrations.AddField(
            model_name='standing',
            name='contact_days',
            field=models.PositiveSmallIntegerField(help_text='an attempt at least once in so many days', null=True),
        ),
        migrations.AddField(
            model_name='standing',
            name='contact_by_calendar',
            field=models.BooleanField(db_default=False, default=False, help_text='once in every calendar period, not from the last contact on'),
        ),
        migrations.AddField(
            model_name='standing',
            name='contact_since',
            field=models.DateField(help_text='from which day on the client is under such a norm', null=True),
        ),
        migrations.AddField(
            model_name='standing',
            name='last_contact_on',
            field=models.DateField(help_text='last spoken both ways with a result that counts', null=True),
        ),
        migrations.AddField(
            model_name='standing',
            name='contact_from',
            field=models.DateField(help_text='day the running term is reckoned from', null=True),
        ),
        migrations.AddField(
            model_name='standing',
            name='contact_due_on',
            field=models.DateField(help_text='last day of the running term; empty: no norm holds', null=True),
        ),
        migrations.AddField(
            model_name='standing',
            name='next_task_on',
            field=models.DateField(help_text='the nearest open task', null=True),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['last_contact_on', 'client'], name='standing_last_contact'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['contact_due_on', 'client'], name='standing_contact_due'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['next_task_on', 'client'], name='standing_next_task'),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.CheckConstraint(condition=models.Q(('contact_months__isnull', True), ('contact_days__isnull', True), _connector='OR'), name='standing_one_contact_norm', violation_error_message='A client has one norm of contacts: in months or in days.'),
        ),
    ]
