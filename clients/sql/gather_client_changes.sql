-- What the file changes on rows the base has: one row per client, legal entity and contact, as objects of the fields
-- before and after. Empty fields are filled; others change only where the file wins.
-- An INN and KPP that two legal entities would get goes to the first.
-- Reads client_row, client_place, client_person, intake_name, intake_known, clients_client, clients_legalentity,
-- clients_contact; writes intake_change. Parameters: file_wins.
CREATE TEMP TABLE intake_change ON COMMIT DROP AS
WITH of_client AS (
    SELECT
        p.client_id,
        (array_agg(r.own_name ORDER BY r.row) FILTER (WHERE r.own_name IS NOT NULL))[1] AS name,
        (array_agg(t.value ORDER BY r.row) FILTER (WHERE t.value IS NOT NULL))[1]::bigint AS segment_id,
        (array_agg(old.value ORDER BY r.row) FILTER (WHERE old.value <> ''))[1]::bigint AS legacy_type_id,
        (array_agg(old_p.value ORDER BY r.row) FILTER (WHERE old_p.value <> ''))[1] AS legacy_potential,
        (array_agg(b.value ORDER BY r.row) FILTER (WHERE b.value IS NOT NULL))[1]::bigint AS branch_id,
        (array_agg(r.region ORDER BY r.row) FILTER (WHERE r.region IS NOT NULL))[1] AS region,
        (array_agg(r.city ORDER BY r.row) FILTER (WHERE r.city IS NOT NULL))[1] AS city,
        (array_agg(r.address ORDER BY r.row) FILTER (WHERE r.address IS NOT NULL))[1] AS address
    FROM client_row r
    JOIN client_place p USING (row)
    LEFT JOIN intake_known t ON t.field = 'segment' AND t.text = r.segment
    LEFT JOIN intake_known old ON old.field = 'legacy_type' AND old.text = r.legacy_type
    LEFT JOIN intake_known old_p ON old_p.field = 'legacy_potential' AND old_p.text = r.legacy_potential
    LEFT JOIN intake_known b ON b.field = 'branch' AND b.text = r.branch
    WHERE NOT p.is_new
    GROUP BY p.client_id
), of_entity AS (
    SELECT
        p.entity_id,
        min(r.row) AS first_row,
        (array_agg(r.legal_name ORDER BY r.row) FILTER (WHERE r.legal_name IS NOT NULL))[1] AS name,
        (array_agg(r.inn ORDER BY r.row) FILTER (WHERE r.inn IS NOT NULL))[1] AS inn,
        (array_agg(r.kpp ORDER BY r.row) FILTER (WHERE r.kpp <> ''))[1] AS kpp
    FROM client_row r
    JOIN client_place p USING (row)
    WHERE NOT p.is_new
    GROUP BY p.entity_id
), taxed AS (
    SELECT
        s.*,
        row_number() OVER (PARTITION BY s.inn, s.kpp ORDER BY (e.inn = s.inn) DESC, s.first_row) = 1
        AND (e.inn = '' OR e.inn = s.inn OR %(file_wins)s) AS takes_inn
    FROM of_entity s
    JOIN clients_legalentity e ON e.id = s.entity_id
), field AS (
    SELECT 'client' AS kind, c.id, f.name, f.old, f.new
    FROM of_client s
    JOIN clients_client c ON c.id = s.client_id
    LEFT JOIN intake_name n ON n.name = s.name
    CROSS JOIN LATERAL (
        VALUES
        ('name', to_jsonb(c.name), to_jsonb(s.name)),
        ('name_key', to_jsonb(c.name_key), CASE WHEN c.name <> s.name THEN to_jsonb(n.key) END),
        ('name_sort', to_jsonb(c.name_sort), CASE WHEN c.name <> s.name THEN to_jsonb(n.sort) END),
        ('segment_id', to_jsonb(c.segment_id), to_jsonb(s.segment_id)),
        ('legacy_type_id', to_jsonb(c.legacy_type_id), to_jsonb(s.legacy_type_id)),
        ('legacy_potential', to_jsonb(c.legacy_potential), to_jsonb(s.legacy_potential)),
        ('branch_id', to_jsonb(c.branch_id), to_jsonb(s.branch_id)),
        ('region', to_jsonb(c.region), to_jsonb(s.region)),
        ('city', to_jsonb(c.city), to_jsonb(s.city)),
        ('address', to_jsonb(c.address), to_jsonb(s.address))
    ) AS f (name, old, new)
    UNION ALL
    SELECT 'entity', e.id, f.name, f.old, f.new
    FROM taxed s
    JOIN clients_legalentity e ON e.id = s.entity_id
    LEFT JOIN intake_name n ON n.name = s.name
    CROSS JOIN LATERAL (
        VALUES
        ('name', to_jsonb(e.name), to_jsonb(s.name)),
        ('name_key', to_jsonb(e.name_key), CASE WHEN e.name <> s.name THEN to_jsonb(n.key) END),
        ('inn', to_jsonb(e.inn), CASE WHEN s.takes_inn THEN to_jsonb(s.inn) END),
        ('kpp', to_jsonb(e.kpp), CASE WHEN s.takes_inn THEN to_jsonb(s.kpp) END)
    ) AS f (name, old, new)
    UNION ALL
    SELECT 'contact', c.id, f.name, f.old, f.new
    FROM client_person s
    JOIN clients_contact c ON c.id = s.contact_id
    CROSS JOIN LATERAL (
        VALUES
        ('position', to_jsonb(c.position), to_jsonb(s.position)),
        ('role', to_jsonb(c.role), to_jsonb(s.role)),
        ('birthday', to_jsonb(c.birthday), to_jsonb(s.birthday)),
        ('note', to_jsonb(c.note), to_jsonb(s.note))
    ) AS f (name, old, new)
)
SELECT kind, id, jsonb_object_agg(name, old) AS before, jsonb_object_agg(name, new) AS after
FROM field
WHERE new IS NOT NULL AND new IS DISTINCT FROM old AND (%(file_wins)s OR old IS NULL OR old = '""')
GROUP BY kind, id
