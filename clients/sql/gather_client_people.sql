-- One row per person of a client as the file names them, with the contact of the base or a future id; the first row that
-- says something counts. Reads client_row, client_place, intake_name, intake_known, clients_contact; writes client_person.
CREATE TEMP TABLE client_person ON COMMIT DROP AS
WITH said AS (
    SELECT
        p.client_id, n.key,
        min(r.row) AS first_row,
        (array_agg(r.contact ORDER BY r.row))[1] AS name,
        (array_agg(r.position ORDER BY r.row) FILTER (WHERE r.position IS NOT NULL))[1] AS position,
        (array_agg(k.value ORDER BY r.row) FILTER (WHERE k.value IS NOT NULL))[1] AS role,
        (array_agg(r.birthday ORDER BY r.row) FILTER (WHERE r.birthday IS NOT NULL))[1] AS birthday,
        (array_agg(r.contact_note ORDER BY r.row) FILTER (WHERE r.contact_note IS NOT NULL))[1] AS note
    FROM client_row r
    JOIN client_place p USING (row)
    JOIN intake_name n ON n.name = r.contact
    LEFT JOIN intake_known k ON k.field = 'role' AND k.text = r.role
    GROUP BY p.client_id, n.key
), known AS (
    SELECT c.client_id, c.name_key, min(c.id) AS id
    FROM clients_contact c
    WHERE c.client_id IN (SELECT client_id FROM said)
    GROUP BY c.client_id, c.name_key
)
SELECT
    s.*, k.id IS NULL AS is_new, coalesce(k.id, nextval(pg_get_serial_sequence('clients_contact', 'id'))) AS contact_id
FROM (SELECT * FROM said ORDER BY first_row) AS s
LEFT JOIN known k ON k.client_id = s.client_id AND k.name_key = s.key
