-- Comments the base does not have as notes of the client, each once, with their future ids.
-- Reads client_row, client_place, clients_communication; writes client_new_note.
CREATE TEMP TABLE client_new_note ON COMMIT DROP AS
SELECT s.*, nextval(pg_get_serial_sequence('clients_communication', 'id')) AS id
FROM (
    SELECT p.client_id, r.comment AS text, min(r.row) AS first_row
    FROM client_row r
    JOIN client_place p USING (row)
    WHERE r.comment IS NOT NULL
    GROUP BY p.client_id, r.comment
) AS s
WHERE NOT EXISTS (
    SELECT FROM clients_communication o WHERE o.client_id = s.client_id AND o.kind = 'note' AND o.text = s.text
)
