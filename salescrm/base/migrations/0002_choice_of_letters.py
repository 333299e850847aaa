"""How each person wants notifications; those told before this come by no letter."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DailyLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.PositiveSmallIntegerField(default=8, verbose_name='hour of the daily letter')),
                ('working_days_only', models.BooleanField(default=True, verbose_name='on working days only')),
                ('done_on', models.DateField(null=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('hour__lte', 23)), name='hour_of_a_day', violation_error_message='The hour lies between 0 and 23.')],
            },
        ),
        migrations.CreateModel(
            name='NotificationChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('in_program', models.BooleanField(default=True)),
                ('by_letter', models.CharField(choices=[('at_once', 'at once'), ('daily', 'in the daily letter'), ('never', 'not by letter')], max_length=7)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'kind'), name='one_choice_per_kind'), models.CheckConstraint(condition=models.Q(('by_letter__in', ['at_once', 'daily', 'never'])), name='by_letter_known', violation_error_message='This way of a letter is not known.')],
            },
        ),
        migrations.AddField(
            model_name='notification',
            name='is_settled',
            field=models.BooleanField(default=True, help_text='a letter has told it, or none will'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='is_settled',
            field=models.BooleanField(default=False, help_text='a letter has told it, or none will'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('is_settled', False)), fields=['person'], name='notification_to_write'),
        ),
    ]
