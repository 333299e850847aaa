-- Grain: one value that some clients share, at least one of them of duplicate_client. What many have says nothing and
-- is left out (20; 200 for a piece of a name, by which names are only brought together).
-- Reads: duplicate_client, clients_duplicatekey. Writes: the temporary table duplicate_value. Parameters: most,
-- most_of_block.
CREATE TEMPORARY TABLE duplicate_value ON COMMIT DROP AS
WITH asked AS (
    SELECT DISTINCT own.value, own.kind
    FROM duplicate_client fresh
    JOIN clients_duplicatekey own ON own.client_id = fresh.client_id
)
SELECT known.value, known.kind
FROM asked
JOIN clients_duplicatekey known ON known.value = asked.value AND known.kind = asked.kind
GROUP BY known.value, known.kind
HAVING count(*) BETWEEN 2 AND CASE known.kind WHEN 'block' THEN %(most_of_block)s ELSE %(most)s END
