-- Ways to reach that the base lacks, each once per client, with their future ids; the first row that names one counts.
-- Reads client_point, intake_point_key, client_row, client_place, client_person, clients_contactpoint; writes
-- client_new_point.
CREATE TEMP TABLE client_new_point ON COMMIT DROP AS
WITH said AS (
    SELECT DISTINCT ON (p.client_id, c.kind, k.key)
        c.row, c.place, c.field, p.client_id, c.kind, left(c.value, 255) AS value, k.key,
        CASE WHEN NOT c.of_company THEN person.contact_id END AS contact_id
    FROM client_point c
    JOIN intake_point_key k ON k.kind = c.kind AND k.text = c.value
    JOIN client_row r USING (row)
    JOIN client_place p USING (row)
    LEFT JOIN intake_name n ON n.name = r.contact
    LEFT JOIN client_person person ON person.client_id = p.client_id AND person.key = n.key
    ORDER BY p.client_id, c.kind, k.key, c.row, c.field, c.place
)
SELECT s.*, nextval(pg_get_serial_sequence('clients_contactpoint', 'id')) AS id
FROM said s
WHERE NOT EXISTS (
    SELECT FROM clients_contactpoint o WHERE o.client_id = s.client_id AND o.kind = s.kind AND o.value_key = s.key
)
