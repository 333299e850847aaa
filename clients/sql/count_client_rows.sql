-- What an import of clients does, one row. Reads intake_new, client_place, client_person, client_new_point,
-- client_new_note, intake_change, clients_legalentity, clients_contact.
WITH touched AS (
    SELECT id FROM intake_change WHERE kind = 'client'
    UNION
    SELECT e.client_id FROM intake_change c JOIN clients_legalentity e ON e.id = c.id WHERE c.kind = 'entity'
    UNION
    SELECT p.client_id FROM intake_change c JOIN clients_contact p ON p.id = c.id WHERE c.kind = 'contact'
    UNION
    SELECT client_id FROM client_person WHERE is_new
    UNION
    SELECT client_id FROM client_new_point
    UNION
    SELECT client_id FROM client_new_note
), known AS (
    SELECT DISTINCT client_id AS id FROM client_place WHERE NOT is_new
)
SELECT
    (SELECT count(*) FROM intake_new) AS clients_created,
    (SELECT count(*) FROM known WHERE id IN (SELECT id FROM touched)) AS changed,
    (SELECT count(*) FROM known WHERE id NOT IN (SELECT id FROM touched)) AS unchanged,
    (SELECT count(*) FROM client_person WHERE is_new) AS contacts_created,
    (SELECT count(*) FROM client_new_point) AS points_created,
    (SELECT count(*) FROM client_new_note) AS notes_created
