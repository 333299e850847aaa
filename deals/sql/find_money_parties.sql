-- One row per row of the file → the legal entity it is of, empty where the base knows none: by external code, else by
-- INN and KPP (by INN alone where one entity has it), else, of rows with neither, by the name one client alone has.
-- Reads money_row, intake_name, clients_externalcode, clients_legalentity; writes money_party. Parameters: source.
CREATE TEMP TABLE money_party ON COMMIT DROP AS
WITH by_inn AS (
    SELECT e.inn, min(e.id) AS id
    FROM clients_legalentity e
    WHERE e.inn <> '' AND e.inn IN (SELECT inn FROM money_row)
    GROUP BY e.inn
    HAVING count(*) = 1
), by_name AS (
    SELECT e.name_key, min(e.id) AS id
    FROM clients_legalentity e
    WHERE e.name_key <> '' AND e.name_key IN (SELECT key FROM intake_name)
    GROUP BY e.name_key
    HAVING count(DISTINCT e.client_id) = 1
), found AS (
    SELECT m.row,
           coalesce(
               code.legal_entity_id, exact.id, by_inn.id, CASE WHEN m.code = '' AND m.inn = '' THEN by_name.id END
           ) AS entity_id
    FROM money_row m
    LEFT JOIN intake_name n ON n.name = m.name
    LEFT JOIN clients_externalcode code ON code.source_id = %(source)s AND code.code = m.code AND m.code <> ''
    LEFT JOIN clients_legalentity exact ON exact.inn = m.inn AND exact.kpp = m.kpp AND exact.inn <> ''
    LEFT JOIN by_inn ON by_inn.inn = m.inn
    LEFT JOIN by_name ON by_name.name_key = n.key
)
SELECT found.row, found.entity_id, entity.client_id
FROM found
LEFT JOIN clients_legalentity entity ON entity.id = found.entity_id
