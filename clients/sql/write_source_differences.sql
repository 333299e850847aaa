-- Grain: field of a client the base had, or of its legal entity, of which the file says something. Run when the file is
-- merged: what it has won or filled is equal by now; what still differs is noted for the next reconciliation (R6), and
-- what agrees now is forgotten. Names are compared in their one form, other texts without regard to case; an
-- empty field of the base is no difference. The first row of the file that says something counts. A difference that is
-- known with these values stays as the import wrote it that saw it first.
-- Reads: client_row, client_place, intake_name, intake_known, clients_client, clients_legalentity, clients_segment,
-- staff_branch. Writes: clients_sourcedifference. Parameters: source, intake, today.
WITH of_client AS (
    SELECT
        p.client_id,
        (array_agg(r.own_name ORDER BY r.row) FILTER (WHERE r.own_name IS NOT NULL))[1] AS name,
        (array_agg(t.value ORDER BY r.row) FILTER (WHERE t.value IS NOT NULL))[1]::bigint AS segment_id,
        (array_agg(b.value ORDER BY r.row) FILTER (WHERE b.value IS NOT NULL))[1]::bigint AS branch_id,
        (array_agg(r.region ORDER BY r.row) FILTER (WHERE r.region IS NOT NULL))[1] AS region,
        (array_agg(r.city ORDER BY r.row) FILTER (WHERE r.city IS NOT NULL))[1] AS city,
        (array_agg(r.address ORDER BY r.row) FILTER (WHERE r.address IS NOT NULL))[1] AS address
    FROM client_row r
    JOIN client_place p USING (row)
    LEFT JOIN intake_known t ON t.field = 'segment' AND t.text = r.segment
    LEFT JOIN intake_known b ON b.field = 'branch' AND b.text = r.branch
    WHERE NOT p.is_new
    GROUP BY p.client_id
), of_entity AS (
    SELECT
        p.entity_id,
        (array_agg(r.legal_name ORDER BY r.row) FILTER (WHERE r.legal_name IS NOT NULL))[1] AS name,
        (array_agg(r.inn ORDER BY r.row) FILTER (WHERE r.inn IS NOT NULL))[1] AS inn,
        (array_agg(r.kpp ORDER BY r.row) FILTER (WHERE r.kpp <> ''))[1] AS kpp
    FROM client_row r
    JOIN client_place p USING (row)
    WHERE NOT p.is_new
    GROUP BY p.entity_id
), said AS (
    SELECT c.id AS client_id, NULL::bigint AS entity_id, f.field, f.here, f.there, f.is_other
    FROM of_client s
    JOIN clients_client c ON c.id = s.client_id
    LEFT JOIN intake_name n ON n.name = s.name
    LEFT JOIN clients_segment own_type ON own_type.id = c.segment_id
    LEFT JOIN clients_segment their_type ON their_type.id = s.segment_id
    LEFT JOIN staff_branch branch ON branch.id = c.branch_id
    LEFT JOIN staff_branch their_branch ON their_branch.id = s.branch_id
    CROSS JOIN LATERAL (
        VALUES
        ('name', c.name, s.name, c.name_key <> n.key),
        ('segment', own_type.name, their_type.name, c.segment_id <> s.segment_id),
        ('branch', branch.name, their_branch.name, c.branch_id <> s.branch_id),
        ('region', c.region, s.region, lower(c.region) <> lower(s.region)),
        ('city', c.city, s.city, lower(c.city) <> lower(s.city)),
        ('address', c.address, s.address, lower(c.address) <> lower(s.address))
    ) AS f (field, here, there, is_other)
    UNION ALL
    SELECT e.client_id, e.id, f.field, f.here, f.there, f.is_other
    FROM of_entity s
    JOIN clients_legalentity e ON e.id = s.entity_id
    LEFT JOIN intake_name n ON n.name = s.name
    CROSS JOIN LATERAL (
        VALUES
        ('legal_name', e.name, s.name, e.name_key <> n.key),
        ('inn', e.inn, s.inn, e.inn <> s.inn),
        ('kpp', e.kpp, s.kpp, e.kpp <> s.kpp)
    ) AS f (field, here, there, is_other)
), judged AS (
    SELECT
        client_id, entity_id, field, here, left(there, 300) AS there,
        coalesce(is_other AND here <> '' AND here <> left(there, 300), false) AS differs
    FROM said
    WHERE there <> ''
), agreed AS (
    DELETE FROM clients_sourcedifference known
    USING judged
    WHERE known.source_id = %(source)s
        AND known.client_id = judged.client_id
        AND known.legal_entity_id IS NOT DISTINCT FROM judged.entity_id
        AND known.field = judged.field
        AND NOT judged.differs
)
INSERT INTO clients_sourcedifference AS known
    (client_id, legal_entity_id, field, here, there, source_id, intake_id, seen_on)
SELECT
    client_id, entity_id, field, here, there, %(source)s::bigint, %(intake)s::bigint, %(today)s::date
FROM judged
WHERE differs
ON CONFLICT (client_id, legal_entity_id, field, source_id) DO UPDATE
SET here = excluded.here, there = excluded.there, intake_id = excluded.intake_id, seen_on = excluded.seen_on
WHERE (known.here, known.there) IS DISTINCT FROM (excluded.here, excluded.there)
