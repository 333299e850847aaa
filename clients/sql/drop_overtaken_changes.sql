-- Grain: client, legal entity or contact with a field that somebody wrote after the file was compared with it: that
-- field stays as it is now. A name goes with its keys, an INN with its KPP. Run under the locks of lock_client_changes.
-- Reads: clients_client, clients_legalentity, clients_contact. Writes: intake_change. No parameters.
WITH stands AS (
    SELECT h.kind, h.id, h.before, to_jsonb(c) AS now
    FROM intake_change h
    JOIN clients_client c ON c.id = h.id
    WHERE h.kind = 'client'
    UNION ALL
    SELECT h.kind, h.id, h.before, to_jsonb(e)
    FROM intake_change h
    JOIN clients_legalentity e ON e.id = h.id
    WHERE h.kind = 'entity'
    UNION ALL
    SELECT h.kind, h.id, h.before, to_jsonb(c)
    FROM intake_change h
    JOIN clients_contact c ON c.id = h.id
    WHERE h.kind = 'contact'
), field AS (
    SELECT
        s.kind, s.id, f.key,
        bool_or(s.now -> f.key IS DISTINCT FROM f.value) OVER (
            PARTITION BY s.kind, s.id,
            CASE WHEN f.key IN ('name_key', 'name_sort') THEN 'name' WHEN f.key = 'kpp' THEN 'inn' ELSE f.key END
        ) AS is_overtaken
    FROM stands s
    CROSS JOIN LATERAL jsonb_each(s.before) AS f (key, value)
    WHERE NOT s.now @> s.before
), overtaken AS (
    SELECT kind, id, array_agg(key) AS keys
    FROM field
    WHERE is_overtaken
    GROUP BY kind, id
)
UPDATE intake_change h
SET before = h.before - o.keys, after = h.after - o.keys
FROM overtaken o
WHERE o.kind = h.kind AND o.id = h.id
