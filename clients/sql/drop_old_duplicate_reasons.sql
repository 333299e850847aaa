-- Grain: one reason of a pair found again that speaks for it no more. Reads: duplicate_pair, duplicate_reason.
-- Writes: clients_duplicatereason.
DELETE FROM clients_duplicatereason reason
USING clients_duplicatepair known
JOIN duplicate_pair found ON found.one_id = known.one_id AND found.other_id = known.other_id
WHERE reason.pair_id = known.id
  AND NOT EXISTS (
      SELECT FROM duplicate_reason fresh
      WHERE fresh.one_id = known.one_id
        AND fresh.other_id = known.other_id
        AND fresh.kind = reason.kind
        AND fresh.value = reason.value
  )
