"""Completeness and correctness of what is known of clients (R4, R5): rules, verifications, and the view of the fields.

The view has one row per field asked of a client, and is the one place that says what fills it and when it was verified:
writing (`write_completeness`) and explaining (`read_completeness_fields`) both read it. It goes client by client through
indexes, so that it costs the same for one client among a million. Without a type the parameters of its sphere are
not known: one field that cannot be filled stands for them, so that setting the type never makes a client poorer.
"""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

VIEW = """
CREATE VIEW clients_completenessfield AS
SELECT client.id AS client_id,
       field.part,
       field.subject_id,
       field.is_filled,
       CASE WHEN field.is_filled THEN field.verified_on END AS verified_on,
       CASE WHEN field.is_filled THEN field.verified_by_id END AS verified_by_id
FROM clients_client client
LEFT JOIN LATERAL (
    SELECT said.day, said.author_id
    FROM clients_verification said
    WHERE said.client_id = client.id AND said.block = 'company'
    ORDER BY said.day DESC
    LIMIT 1
) company ON true
LEFT JOIN LATERAL (
    SELECT said.day, said.author_id
    FROM clients_verification said
    WHERE said.client_id = client.id AND said.block = 'points'
    ORDER BY said.day DESC
    LIMIT 1
) points ON true
LEFT JOIN LATERAL (
    SELECT said.day, said.author_id
    FROM clients_verification said
    WHERE said.client_id = client.id AND said.block = 'questionnaire'
    ORDER BY said.day DESC
    LIMIT 1
) asked ON true
LEFT JOIN LATERAL (
    SELECT choice.day, choice.author_id, choice.segment_id,
           EXISTS (
               SELECT FROM clients_typedecision decision WHERE decision.choice_id = choice.id AND NOT decision.agreed
           ) AS is_returned
    FROM clients_typechoice choice
    WHERE choice.client_id = client.id
    ORDER BY choice.id DESC
    LIMIT 1
) chosen ON chosen.segment_id = client.segment_id
CROSS JOIN LATERAL (
    SELECT given.part, NULL::bigint AS subject_id, given.is_filled, company.day AS verified_on,
           company.author_id AS verified_by_id
    FROM (
        VALUES
            ('inn', EXISTS (
                SELECT FROM clients_legalentity entity WHERE entity.client_id = client.id AND entity.inn <> ''
            )),
            ('city', client.city <> ''),
            ('region', client.region <> ''),
            ('buyer_kind', client.buyer_kind <> '')
    ) AS given (part, is_filled)
    UNION ALL
    SELECT 'type', NULL, client.segment_id IS NOT NULL,
           CASE WHEN chosen.is_returned THEN NULL ELSE greatest(chosen.day, company.day) END,
           CASE WHEN company.day IS NULL OR chosen.day >= company.day THEN chosen.author_id ELSE company.author_id END
    UNION ALL
    SELECT wanted.part, NULL, found.id IS NOT NULL, found.verified_on, found.verified_by_id
    FROM (VALUES ('contact'), ('position'), ('decider')) AS wanted (part)
    LEFT JOIN LATERAL (
        SELECT person.id, person.verified_on, person.verified_by_id
        FROM clients_contact person
        WHERE person.client_id = client.id
          AND person.left_on IS NULL
          AND CASE wanted.part
                  WHEN 'contact' THEN person.name LIKE '% %'
                  WHEN 'position' THEN person.position <> ''
                  ELSE person.role = 'decides'
              END
        ORDER BY person.verified_on DESC NULLS LAST, person.id
        LIMIT 1
    ) found ON true
    UNION ALL
    SELECT wanted.part, NULL, found.id IS NOT NULL, found.verified_on, found.verified_by_id
    FROM (
        VALUES
            ('phone', ARRAY['phone']),
            ('email', ARRAY['email']),
            ('messenger', ARRAY['telegram', 'whatsapp', 'max']),
            ('social', ARRAY['vk'])
    ) AS wanted (part, kinds)
    LEFT JOIN LATERAL (
        SELECT point.id,
               CASE WHEN point.contact_id IS NULL THEN points.day ELSE person.verified_on END AS verified_on,
               CASE WHEN point.contact_id IS NULL THEN points.author_id ELSE person.verified_by_id END AS verified_by_id
        FROM clients_contactpoint point
        LEFT JOIN clients_contact person ON person.id = point.contact_id
        WHERE point.client_id = client.id
          AND point.kind = ANY(wanted.kinds)
          AND point.dead_on IS NULL
          AND person.left_on IS NULL
        ORDER BY verified_on DESC NULLS LAST, point.id
        LIMIT 1
    ) found ON true
    UNION ALL
    SELECT 'questions', question.id, coalesce(given.is_known, false), greatest(given.day, asked.day),
           CASE WHEN asked.day IS NULL OR given.day >= asked.day THEN given.author_id ELSE asked.author_id END
    FROM clients_question question
    LEFT JOIN LATERAL (
        -- types share questions by their words: whichever of them was answered, it is known
        SELECT latest.day, latest.author_id, latest.is_known
        FROM (
            SELECT DISTINCT ON (answer.question_id) answer.id, answer.day, answer.author_id,
                   answer.value IS NOT NULL AND answer.value NOT IN ('null', '""', '[]') AS is_known
            FROM clients_answer answer
            JOIN clients_question twin ON twin.id = answer.question_id AND twin.text = question.text
            WHERE answer.client_id = client.id
            ORDER BY answer.question_id, answer.id DESC
        ) latest
        ORDER BY latest.is_known DESC, latest.id DESC
        LIMIT 1
    ) given ON true
    WHERE question.is_active AND (question.segment_id IS NULL OR question.segment_id = client.segment_id)
    UNION ALL
    SELECT 'parameters', parameter.id, coalesce(given.is_known, false), greatest(given.day, asked.day),
           CASE WHEN asked.day IS NULL OR given.day >= asked.day THEN given.author_id ELSE asked.author_id END
    FROM clients_segment segment
    JOIN clients_parameter parameter ON parameter.sphere_id = segment.sphere_id AND parameter.is_active
    LEFT JOIN LATERAL (
        SELECT answer.day, answer.author_id,
               answer.value IS NOT NULL AND answer.value NOT IN ('null', '""', '[]') AS is_known
        FROM clients_answer answer
        WHERE answer.client_id = client.id AND answer.parameter_id = parameter.id
        ORDER BY answer.id DESC
        LIMIT 1
    ) given ON true
    WHERE segment.id = client.segment_id
    UNION ALL
    SELECT 'parameters', NULL, false, NULL, NULL
    WHERE client.segment_id IS NULL
) field
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0010_duplicates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CompletenessRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('top_pass', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='enough for TOP, %')),
                ('other_pass', models.PositiveSmallIntegerField(default=70, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='enough for others, %')),
                ('top_months', models.PositiveSmallIntegerField(default=6, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='a verification holds for TOP, months')),
                ('other_months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='a verification holds for others, months')),
                ('weight_inn', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='INN')),
                ('weight_city', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='city')),
                ('weight_region', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='region')),
                ('weight_buyer_kind', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='wholesale or retail')),
                ('weight_type', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='type')),
                ('weight_contact', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='full name of a contact')),
                ('weight_position', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='position of a contact')),
                ('weight_decider', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='decision maker')),
                ('weight_phone', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='phone')),
                ('weight_email', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='e-mail')),
                ('weight_messenger', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='messenger')),
                ('weight_social', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='social network')),
                ('weight_questions', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='questions of the type')),
                ('weight_parameters', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MaxValueValidator(10)], verbose_name='key parameters of the sphere')),
                ('comment', models.CharField(blank=True, max_length=300, verbose_name='comment')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'rules of completeness',
                'verbose_name_plural': 'rules of completeness',
            },
        ),
        migrations.CreateModel(
            name='CompletenessWrite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('clients', models.PositiveIntegerField(help_text='how many changed')),
            ],
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('block', models.CharField(choices=[('company', 'The company'), ('points', 'Phones and addresses of the company'), ('questionnaire', 'Type questionnaire')], max_length=15)),
                ('day', models.DateField()),
            ],
            options={
                'verbose_name': 'verification',
                'verbose_name_plural': 'verifications',
            },
        ),
        migrations.AddField(
            model_name='standing',
            name='completeness',
            field=models.DecimalField(decimal_places=2, help_text='per cent of what has to be known; empty: not computed yet', max_digits=5, null=True),
        ),
        migrations.AddField(
            model_name='standing',
            name='correctness',
            field=models.DecimalField(decimal_places=2, help_text='per cent that is known and verified in time', max_digits=5, null=True),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['completeness', 'client'], name='standing_completeness'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['correctness', 'client'], name='standing_correctness'),
        ),
        migrations.AddField(
            model_name='completenessrules',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='verification',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='verification',
            name='client',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='verifications', to='clients.client'),
        ),
        migrations.AddConstraint(
            model_name='completenessrules',
            constraint=models.CheckConstraint(condition=models.Q(('other_pass__range', (1, 100)), ('top_pass__range', (1, 100))), name='completeness_share', violation_error_message='Enough is from 1 to 100 %.'),
        ),
        migrations.AddConstraint(
            model_name='completenessrules',
            constraint=models.CheckConstraint(condition=models.Q(('other_months__range', (1, 60)), ('top_months__range', (1, 60))), name='completeness_months', violation_error_message='A verification holds from 1 to 60 months.'),
        ),
        migrations.AddConstraint(
            model_name='completenessrules',
            constraint=models.CheckConstraint(condition=models.Q(('weight_buyer_kind__lte', 10), ('weight_city__lte', 10), ('weight_contact__lte', 10), ('weight_decider__lte', 10), ('weight_email__lte', 10), ('weight_inn__lte', 10), ('weight_messenger__lte', 10), ('weight_parameters__lte', 10), ('weight_phone__lte', 10), ('weight_position__lte', 10), ('weight_questions__lte', 10), ('weight_region__lte', 10), ('weight_social__lte', 10), ('weight_type__lte', 10)), name='completeness_weights', violation_error_message='A field counts from 0 to 10.'),
        ),
        migrations.AddConstraint(
            model_name='completenessrules',
            constraint=models.CheckConstraint(condition=models.Q(('weight_inn__gt', 0), ('weight_city__gt', 0), ('weight_region__gt', 0), ('weight_buyer_kind__gt', 0), ('weight_type__gt', 0), ('weight_contact__gt', 0), ('weight_position__gt', 0), ('weight_decider__gt', 0), ('weight_phone__gt', 0), ('weight_email__gt', 0), ('weight_messenger__gt', 0), ('weight_social__gt', 0), ('weight_questions__gt', 0), ('weight_parameters__gt', 0), _connector='OR'), name='completeness_asks_something', violation_error_message='At least one field has to count.'),
        ),
        migrations.AddConstraint(
            model_name='verification',
            constraint=models.UniqueConstraint(fields=('client', 'block', 'day'), name='verified_once_a_day'),
        ),
        migrations.RunSQL(VIEW, "DROP VIEW clients_completenessfield"),
    ]
