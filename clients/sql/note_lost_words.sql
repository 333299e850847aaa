-- Grain: word of a kind. What the names there are hold more, or less, than is kept and noted: nothing, unless names were
-- written past the triggers.
-- Reads: clients_client, clients_legalentity, clients_contact, clients_nameword. Reads, writes: clients_newword.
WITH there AS (
    SELECT kind, word, count(*) AS names
    FROM (
        SELECT 'client' AS kind, name_key FROM clients_client
        UNION ALL
        SELECT 'entity', name_key FROM clients_legalentity
        UNION ALL
        SELECT 'contact', name_key FROM clients_contact
    ) named
    CROSS JOIN LATERAL string_to_table(translate(name_key, '0123456789', '          '), ' ') AS word
    WHERE length(word) >= 3
    GROUP BY kind, word
),
kept AS (
    SELECT kind, word, names FROM clients_nameword
    UNION ALL
    SELECT kind, word, names FROM clients_newword
)
INSERT INTO clients_newword (kind, word, names)
SELECT kind, word, sum(names)
FROM (
    SELECT kind, word, names FROM there
    UNION ALL
    SELECT kind, word, -names FROM kept WHERE kind IN ('client', 'entity', 'contact')
) difference
GROUP BY kind, word
HAVING sum(names) <> 0
