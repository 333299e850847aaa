-- Grain: word of a kind. Works off exactly the notes this statement sees: names changed meanwhile by an open transaction
-- have their notes in that transaction.
-- Reads, writes: clients_newword, clients_nameword.
WITH taken AS (
    DELETE FROM clients_newword RETURNING kind, word, names
),
difference AS (
    SELECT kind, word, sum(names) AS names
    FROM taken
    GROUP BY kind, word
    HAVING sum(names) <> 0
)
MERGE INTO clients_nameword AS stored
USING difference ON stored.kind = difference.kind AND stored.word = difference.word
WHEN MATCHED AND stored.names + difference.names = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET names = stored.names + difference.names
WHEN NOT MATCHED THEN INSERT (kind, word, names) VALUES (difference.kind, difference.word, difference.names)
