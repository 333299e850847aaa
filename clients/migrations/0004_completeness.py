"""The view of the fields asked of a client: what fills each, and when and by whom it was verified (R4, R5).

It has one row per field, and is the one place that says so: writing (`write_completeness`) and explaining
(`read_completeness_fields`) both read it. It goes client by client through indexes, so that it costs the same for one
client among a million. Without a type the parameters of its sphere are not known: one field that cannot be filled
stands for them, so that setting the type never makes a client poorer.

A phone nobody answers is known but not correct (R56): one that asks to be renewed has no day of verification, so that any
other one comes before it.
"""

from django.db import migrations

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
               CASE WHEN point.is_doubtful THEN NULL
                    WHEN point.contact_id IS NULL THEN points.day
                    ELSE person.verified_on
               END AS verified_on,
               CASE WHEN point.is_doubtful THEN NULL
                    WHEN point.contact_id IS NULL THEN points.author_id
                    ELSE person.verified_by_id
               END AS verified_by_id
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
    dependencies = [("clients", "0003_tally")]

    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW clients_completenessfield"),
    ]
