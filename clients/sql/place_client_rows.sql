-- Whose each row of the file is in the base. Reads client_row, intake_resolved, intake_new, clients_legalentity; writes
-- client_place.
CREATE TEMP TABLE client_place ON COMMIT DROP AS
SELECT
    r.row, coalesce(e.client_id, n.client_id) AS client_id, coalesce(e.id, n.entity_id) AS entity_id, e.id IS NULL AS is_new
FROM client_row r
JOIN intake_resolved v USING (party)
LEFT JOIN clients_legalentity e ON e.id = v.entity_id
LEFT JOIN intake_new n ON n.grp = v.grp AND v.entity_id IS NULL
