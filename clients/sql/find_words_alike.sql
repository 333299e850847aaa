-- Grain: word typed, kind, word that exists. Words much like the typed one by the session's limit of likeness, the
-- likest first.
-- Reads: clients_nameword, clients_newword.
-- Parameters: typed, kinds (arrays), most (words of a kind for each word typed).
SELECT typed, kind, word, names
FROM unnest(%(typed)s::text[]) AS typed
CROSS JOIN LATERAL (
    SELECT kind, word, sum(names)::bigint AS names,
           row_number() OVER (PARTITION BY kind ORDER BY similarity(word, typed) DESC, word) AS place
    FROM (
        SELECT kind, word, names FROM clients_nameword WHERE word %%> typed AND kind = ANY (%(kinds)s)
        UNION ALL
        SELECT kind, word, names FROM clients_newword WHERE word %%> typed AND kind = ANY (%(kinds)s)
    ) counted
    GROUP BY kind, word
    HAVING sum(names) > 0
) near
WHERE place <= %(most)s
ORDER BY typed, kind, place
