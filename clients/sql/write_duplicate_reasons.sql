-- Grain: one reason of a pair found. Reads: duplicate_pair, duplicate_reason. Writes: clients_duplicatereason.
INSERT INTO clients_duplicatereason AS reason (pair_id, kind, value, weight)
SELECT known.id, fresh.kind, fresh.value, fresh.weight
FROM duplicate_pair found
JOIN clients_duplicatepair known ON known.one_id = found.one_id AND known.other_id = found.other_id
JOIN duplicate_reason fresh ON fresh.one_id = found.one_id AND fresh.other_id = found.other_id
ON CONFLICT (pair_id, kind, value) DO UPDATE
SET weight = EXCLUDED.weight
WHERE reason.weight <> EXCLUDED.weight
