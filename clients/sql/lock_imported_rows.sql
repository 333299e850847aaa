-- Grain: one row: how many rows an import made or changed are locked: clients, legal entities, contacts, ways to reach,
-- each in the order of numbers. Whether anybody changed them since is read by a later statement.
-- Reads: clients_intakerow, clients_client, clients_legalentity, clients_contact, clients_contactpoint.
-- Parameters: intake.
WITH kept AS MATERIALIZED (
    SELECT kind, row_id FROM clients_intakerow WHERE intake_id = %(intake)s
), client AS (
    SELECT c.id
    FROM clients_client c
    WHERE c.id IN (
        SELECT row_id FROM kept WHERE kind = 'client'
        UNION ALL
        SELECT m.id FROM clients_client m WHERE m.intake_id = %(intake)s
    )
    ORDER BY c.id
    FOR NO KEY UPDATE OF c
), entity AS (
    SELECT e.id
    FROM clients_legalentity e
    WHERE e.id IN (
        SELECT row_id FROM kept WHERE kind = 'entity'
        UNION ALL
        SELECT m.id FROM clients_legalentity m WHERE m.intake_id = %(intake)s
    )
    ORDER BY e.id
    FOR NO KEY UPDATE OF e
), contact AS (
    SELECT c.id
    FROM clients_contact c
    WHERE c.id IN (SELECT row_id FROM kept WHERE kind = 'contact')
    ORDER BY c.id
    FOR NO KEY UPDATE OF c
), point AS (
    SELECT p.id
    FROM clients_contactpoint p
    WHERE p.id IN (SELECT row_id FROM kept WHERE kind = 'point')
    ORDER BY p.id
    FOR NO KEY UPDATE OF p
)
SELECT
    (SELECT count(*) FROM client) + (SELECT count(*) FROM entity) + (SELECT count(*) FROM contact)
    + (SELECT count(*) FROM point) AS locked
