-- Each client of the file → its legal entity in the base, or the group a new one is made for.
-- By external code, else by INN and KPP (by INN alone where the file has no KPP and the base one such entity), else,
-- only with match_names, by normalised name where one client alone has it.
-- Reads intake_party, intake_name, clients_externalcode, clients_legalentity; writes intake_resolved.
-- Parameters: source, match_names.
CREATE TEMP TABLE intake_resolved ON COMMIT DROP AS
WITH by_inn AS (
    SELECT e.inn, min(e.id) AS id
    FROM clients_legalentity e
    WHERE e.inn <> '' AND e.inn IN (SELECT inn FROM intake_party)
    GROUP BY e.inn
    HAVING count(*) = 1
), by_name AS (
    SELECT e.name_key, min(e.id) AS id
    FROM clients_legalentity e
    WHERE e.name_key <> '' AND e.name_key IN (SELECT key FROM intake_name)
    GROUP BY e.name_key
    HAVING count(DISTINCT e.client_id) = 1
)
SELECT
    p.party,
    coalesce(c.legal_entity_id, exact.id, CASE WHEN p.kpp = '' THEN by_inn.id END, CASE WHEN %(match_names)s THEN by_name.id END)
        AS entity_id,
    CASE
        WHEN p.inn <> '' THEN 'i' || p.inn || '/' || p.kpp
        WHEN %(match_names)s AND n.key <> '' THEN 'k' || n.key
        ELSE 'p' || p.party
    END AS grp
FROM intake_party p
JOIN intake_name n USING (name)
LEFT JOIN clients_externalcode c ON c.source_id = %(source)s AND c.code = p.code AND p.code <> ''
LEFT JOIN clients_legalentity exact ON exact.inn = p.inn AND exact.kpp = p.kpp AND exact.inn <> ''
LEFT JOIN by_inn ON by_inn.inn = p.inn
LEFT JOIN by_name ON by_name.name_key = n.key
