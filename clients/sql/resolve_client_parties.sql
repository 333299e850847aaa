-- Each client of the file → its legal entity in the base, or the group a new one is made for.
-- By external code; else by INN and KPP (by INN alone where one side has no KPP and the base one such entity); else, only
-- with match_names, by normalised name where one client alone has it, itself or its legal entity. A client of the file
-- that none of these finds, but that has the INN and KPP of one that is found, is the same.
-- Reads intake_party, intake_name, clients_externalcode, clients_legalentity, clients_client; writes intake_resolved.
-- Parameters: source, match_names.
CREATE TEMP TABLE intake_resolved ON COMMIT DROP AS
WITH asked AS (
    SELECT
        p.*, n.key,
        min(p.kpp) OVER (PARTITION BY p.inn) = max(p.kpp) OVER (PARTITION BY p.inn) AS one_kpp
    FROM intake_party p
    LEFT JOIN intake_name n USING (name)
), by_inn AS (
    SELECT e.inn, min(e.id) AS id, min(e.kpp) AS kpp
    FROM clients_legalentity e
    WHERE e.inn <> '' AND e.inn IN (SELECT inn FROM intake_party)
    GROUP BY e.inn
    HAVING count(*) = 1
), named AS (
    SELECT e.name_key, e.id, e.client_id
    FROM clients_legalentity e
    WHERE e.name_key <> '' AND e.name_key IN (SELECT key FROM asked)
    UNION ALL
    SELECT c.name_key, e.id, e.client_id
    FROM clients_client c
    JOIN clients_legalentity e ON e.client_id = c.id
    WHERE c.name_key <> '' AND c.merged_into_id IS NULL AND c.name_key IN (SELECT key FROM asked)
), by_name AS (
    SELECT name_key, min(id) AS id
    FROM named
    GROUP BY name_key
    HAVING count(DISTINCT client_id) = 1
), found AS (
    SELECT
        a.party, a.inn, a.kpp, a.key,
        coalesce(
            c.legal_entity_id,
            exact.id,
            CASE WHEN a.kpp = '' OR (by_inn.kpp = '' AND a.one_kpp) THEN by_inn.id END,
            CASE WHEN %(match_names)s THEN by_name.id END
        ) AS entity_id
    FROM asked a
    LEFT JOIN clients_externalcode c ON c.source_id = %(source)s AND c.code = a.code AND a.code <> ''
    LEFT JOIN clients_legalentity exact ON exact.inn = a.inn AND exact.kpp = a.kpp AND exact.inn <> ''
    LEFT JOIN by_inn ON by_inn.inn = a.inn
    LEFT JOIN by_name ON by_name.name_key = a.key
)
SELECT
    party,
    coalesce(
        entity_id, CASE WHEN inn <> '' THEN min(entity_id) OVER (PARTITION BY inn, kpp) END
    ) AS entity_id,
    CASE
        WHEN inn <> '' THEN 'i' || inn || '/' || kpp
        WHEN %(match_names)s AND key <> '' THEN 'k' || key
        ELSE 'p' || party
    END AS grp
FROM found
