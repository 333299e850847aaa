-- Grain: one contract of a client whose owner has changed, on its way or in force, answered for by the owner before.
-- Writes: deals_contract.responsible_id, version. Parameters: client_ids, from_ids, to_ids (parallel arrays).
UPDATE deals_contract contract
SET responsible_id = moved.to_id, version = contract.version + 1
FROM unnest(%(client_ids)s::bigint[], %(from_ids)s::bigint[], %(to_ids)s::bigint[]) AS moved (client_id, from_id, to_id)
WHERE contract.client_id = moved.client_id
  AND contract.responsible_id = moved.from_id
  AND contract.state NOT IN ('ended', 'terminated')
