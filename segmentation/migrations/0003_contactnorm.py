import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MONTHS = [1, 2, 3, 4, 6, 12]


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0009_standing_contacts'),
        ('segmentation', '0002_lossanswer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactNorm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_from', models.DateField(unique=True, verbose_name='in force from')),
                ('comment', models.CharField(blank=True, max_length=300, verbose_name='comment')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('top_months', models.PositiveSmallIntegerField(default=1, verbose_name='TOP, once in months')),
                ('new_months', models.PositiveSmallIntegerField(default=1, verbose_name='new clients, once in months')),
                ('shop_months', models.PositiveSmallIntegerField(default=1, verbose_name='internet shops of the head of client service, once in months')),
                ('other_months', models.PositiveSmallIntegerField(default=3, verbose_name='others, once in months')),
                ('zero_attempts', models.PositiveSmallIntegerField(default=1, help_text='0: none is asked for', verbose_name='zero clients, attempts in two weeks')),
                ('mode', models.CharField(choices=[('rolling', 'from the last contact on'), ('calendar', 'once in every calendar period')], default='rolling', max_length=8, verbose_name='a term is counted')),
                ('sets_tasks', models.BooleanField(default=True, verbose_name='the night sets the contact tasks')),
                ('ahead_monthly', models.PositiveSmallIntegerField(default=7, verbose_name='task ahead of a monthly term, days')),
                ('ahead_longer', models.PositiveSmallIntegerField(default=21, verbose_name='task ahead of a longer term, days')),
                ('contact_minutes', models.PositiveSmallIntegerField(default=30, verbose_name='one contact takes, minutes')),
                ('most_a_month', models.PositiveSmallIntegerField(default=100, verbose_name='one person can keep, contacts a month')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'contact norm',
                'verbose_name_plural': 'contact norms',
                'ordering': ['-effective_from'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('new_months__in', MONTHS), ('other_months__in', MONTHS), ('shop_months__in', MONTHS), ('top_months__in', MONTHS)), name='contact_months_divide_a_year', violation_error_message='A contact is asked for every 1, 2, 3, 4, 6 or 12 months.'),
                    models.CheckConstraint(condition=models.Q(('zero_attempts__lte', 14)), name='contact_attempts_within_days', violation_error_message='In two weeks there are at most 14 attempts.'),
                    models.CheckConstraint(condition=models.Q(('ahead_longer__gte', 1), ('ahead_longer__lte', 60), ('ahead_monthly__gte', 1), ('ahead_monthly__lte', 28)), name='contact_tasks_ahead', violation_error_message='A task is set 1 to 28 days ahead of a monthly term, to 60 of a longer one.'),
                    models.CheckConstraint(condition=models.Q(('mode__in', ['rolling', 'calendar'])), name='contact_mode_known', violation_error_message='This way of counting a term is not known.'),
                    models.CheckConstraint(condition=models.Q(('contact_minutes__gte', 1), ('most_a_month__gte', 1)), name='contact_load_positive', violation_error_message='Minutes and contacts a month are positive numbers.'),
                ],
            },
        ),
    ]
