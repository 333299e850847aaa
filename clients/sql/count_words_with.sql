-- Grain: letters typed, kind. How often words that have these letters are in names.
-- Reads: clients_nameword, clients_newword.
-- Parameters: typed, kinds (arrays); letters hold neither a percent sign nor an underscore.
SELECT typed, kind, sum(names)::bigint AS names
FROM unnest(%(typed)s::text[]) AS typed
CROSS JOIN LATERAL (
    SELECT kind, names
    FROM clients_nameword
    WHERE word LIKE '%%' || typed || '%%' AND kind = ANY (%(kinds)s)
    UNION ALL
    SELECT kind, names
    FROM clients_newword
    WHERE word LIKE '%%' || typed || '%%' AND kind = ANY (%(kinds)s)
) counted
GROUP BY typed, kind
