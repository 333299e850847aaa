-- Grain: one open deal of a client whose owner has changed, answered for by the owner before.
-- Writes: deals_deal.owner_id, version. Parameters: client_ids, from_ids, to_ids (parallel arrays of clients and owners).
UPDATE deals_deal deal
SET owner_id = moved.to_id, version = deal.version + 1
FROM unnest(%(client_ids)s::bigint[], %(from_ids)s::bigint[], %(to_ids)s::bigint[]) AS moved (client_id, from_id, to_id)
WHERE deal.client_id = moved.client_id
  AND deal.owner_id = moved.from_id
  AND deal.state = 'open'
