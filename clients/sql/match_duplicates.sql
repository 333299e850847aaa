-- Grain: one value two clients share. Only clients of duplicate_client are compared with all; a value that many clients
-- have says nothing and is left out (20; 200 for a piece of a name, by which names are only brought together).
-- Two names that are both guesses of the other keyboard layout are no match.
-- Reads: duplicate_client, clients_duplicatekey. Writes: the temporary table duplicate_match. Parameters: most,
-- most_of_block.
CREATE TEMPORARY TABLE duplicate_match ON COMMIT DROP AS
WITH mine AS MATERIALIZED (
    SELECT own.client_id, own.kind, own.value, own.is_mistyped
    FROM duplicate_client fresh
    JOIN clients_duplicatekey own ON own.client_id = fresh.client_id
),
asked AS (
    SELECT DISTINCT value, kind FROM mine
),
shared AS MATERIALIZED (
    SELECT known.value, known.kind
    FROM asked
    JOIN clients_duplicatekey known ON known.value = asked.value AND known.kind = asked.kind
    GROUP BY known.value, known.kind
    HAVING count(*) BETWEEN 2 AND CASE known.kind WHEN 'block' THEN %(most_of_block)s ELSE %(most)s END
)
SELECT least(mine.client_id, theirs.client_id) AS one_id,
       greatest(mine.client_id, theirs.client_id) AS other_id,
       mine.kind,
       CASE mine.kind WHEN 'block' THEN '' ELSE mine.value END AS value,
       bool_or(mine.is_mistyped OR theirs.is_mistyped) AS is_mistyped
FROM mine
JOIN shared ON shared.value = mine.value AND shared.kind = mine.kind
JOIN clients_duplicatekey theirs
  ON theirs.value = mine.value AND theirs.kind = mine.kind AND theirs.client_id <> mine.client_id
WHERE NOT (mine.is_mistyped AND theirs.is_mistyped)
GROUP BY 1, 2, 3, 4
