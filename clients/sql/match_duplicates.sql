-- Grain: one value two clients share, at least one of them of duplicate_client.
-- Two names that are both guesses of the other keyboard layout are no match.
-- Reads: duplicate_client, duplicate_value, clients_duplicatekey. Writes: the temporary table duplicate_match.
CREATE TEMPORARY TABLE duplicate_match ON COMMIT DROP AS
SELECT least(mine.client_id, theirs.client_id) AS one_id,
       greatest(mine.client_id, theirs.client_id) AS other_id,
       shared.kind,
       CASE shared.kind WHEN 'block' THEN '' ELSE shared.value END AS value,
       bool_or(mine.is_mistyped OR theirs.is_mistyped) AS is_mistyped
FROM duplicate_value shared
JOIN clients_duplicatekey mine ON mine.value = shared.value AND mine.kind = shared.kind
JOIN duplicate_client fresh ON fresh.client_id = mine.client_id
JOIN clients_duplicatekey theirs
  ON theirs.value = shared.value AND theirs.kind = shared.kind AND theirs.client_id <> mine.client_id
WHERE NOT (mine.is_mistyped AND theirs.is_mistyped)
GROUP BY 1, 2, 3, 4
