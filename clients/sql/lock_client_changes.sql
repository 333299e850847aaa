-- Grain: one row: how many rows the file changes are locked: clients, then legal entities, then contacts, each in the
-- order of numbers, as people's acts lock them. What is read by a later statement stays until the import ends.
-- Reads: intake_change, clients_client, clients_legalentity, clients_contact. No parameters.
WITH client AS (
    SELECT c.id
    FROM clients_client c
    WHERE c.id IN (SELECT h.id FROM intake_change h WHERE h.kind = 'client')
    ORDER BY c.id
    FOR NO KEY UPDATE OF c
), entity AS (
    SELECT e.id
    FROM clients_legalentity e
    WHERE e.id IN (SELECT h.id FROM intake_change h WHERE h.kind = 'entity')
    ORDER BY e.id
    FOR NO KEY UPDATE OF e
), contact AS (
    SELECT c.id
    FROM clients_contact c
    WHERE c.id IN (SELECT h.id FROM intake_change h WHERE h.kind = 'contact')
    ORDER BY c.id
    FOR NO KEY UPDATE OF c
)
SELECT (SELECT count(*) FROM client) + (SELECT count(*) FROM entity) + (SELECT count(*) FROM contact) AS locked
