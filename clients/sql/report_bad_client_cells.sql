-- One row per bad cell, as it is written in the file, with the reason. No cell is reported twice.
-- Reads client_row, intake_staged, intake_day, intake_inn, intake_known, intake_name, client_point, intake_point_key;
-- writes intake_bad.
INSERT INTO intake_bad (row, field, value, reason)
SELECT DISTINCT ON (found.row, found.field) found.row, found.field, left(found.value, 200), found.reason
FROM (
    SELECT s.row, c.field, c.value, c.reason, 0 AS place
    FROM client_row r
    JOIN intake_staged s USING (row)
    LEFT JOIN intake_day d ON d.text = s.birthday
    LEFT JOIN intake_inn i ON i.text = s.inn
    LEFT JOIN intake_known ks ON ks.field = 'segment' AND ks.text = s.segment
    LEFT JOIN intake_known kp ON kp.field = 'legacy_potential' AND kp.text = s.legacy_potential
    LEFT JOIN intake_known kb ON kb.field = 'branch' AND kb.text = s.branch
    LEFT JOIN intake_known kr ON kr.field = 'role' AND kr.text = s.role
    LEFT JOIN intake_name nc ON nc.name = r.name
    LEFT JOIN intake_name np ON np.name = r.contact
    CROSS JOIN LATERAL (
        VALUES
        ('client', s.client, CASE
            WHEN r.party IS NULL THEN 'empty'
            WHEN length(r.name) > 255 THEN 'longer than 255 characters'
            WHEN nc.key = '' THEN 'not a name'
        END),
        ('legal_name', s.legal_name, CASE WHEN length(r.legal_name) > 255 THEN 'longer than 255 characters' END),
        ('code', s.code, CASE WHEN length(s.code) > 90 THEN 'longer than 90 characters' END),
        ('inn', s.inn, i.reason),
        ('kpp', s.kpp, CASE
            WHEN r.kpp <> '' AND r.kpp !~ '^\d{4}[\dA-Z]{2}\d{3}$' THEN 'a KPP has 9 characters'
            WHEN r.kpp <> '' AND r.inn IS NULL THEN 'a KPP without an INN'
        END),
        ('segment', s.segment, CASE WHEN s.segment IS NOT NULL AND ks.value IS NULL THEN 'not a type of the typology' END),
        ('legacy_potential', s.legacy_potential, CASE
            WHEN s.legacy_potential IS NOT NULL AND kp.value IS NULL THEN 'not a potential from A to E'
        END),
        ('branch', s.branch, CASE WHEN s.branch IS NOT NULL AND kb.value IS NULL THEN 'there is no such branch' END),
        ('region', s.region, CASE WHEN length(s.region) > 100 THEN 'longer than 100 characters' END),
        ('city', s.city, CASE WHEN length(s.city) > 100 THEN 'longer than 100 characters' END),
        ('address', s.address, CASE WHEN length(r.address) > 300 THEN 'longer than 300 characters' END),
        ('contact', coalesce(s.contact, s.last_name, s.first_name), CASE
            WHEN length(r.contact) > 200 THEN 'longer than 200 characters'
            WHEN np.key = '' THEN 'not a name'
            WHEN r.contact IS NULL AND coalesce(s.position, s.role, s.birthday) IS NOT NULL THEN 'a contact has a name'
        END),
        ('position', s.position, CASE WHEN length(s.position) > 150 THEN 'longer than 150 characters' END),
        ('role', s.role, CASE WHEN s.role IS NOT NULL AND kr.value IS NULL THEN 'not a part in a decision' END),
        ('birthday', s.birthday, d.reason),
        ('contact_note', s.contact_note, CASE WHEN length(s.contact_note) > 2000 THEN 'longer than 2000 characters' END)
    ) AS c (field, value, reason)
    WHERE c.reason IS NOT NULL
    UNION ALL
    SELECT p.row, p.field, p.value, k.reason, p.place
    FROM client_point p
    JOIN intake_point_key k ON k.kind = p.kind AND k.text = p.value
    WHERE k.reason IS NOT NULL
) AS found
WHERE NOT EXISTS (SELECT FROM intake_bad b WHERE b.row = found.row AND b.field = found.field)
ORDER BY found.row, found.field, found.place
