-- Grain: one open interval per client, begun on starts_on, whose owner-to-be is the owner of the interval before.
-- Writes: deletes from clients_ownership; returns the clients. Parameters: client_ids, owner_ids (parallel), starts_on.
DELETE FROM clients_ownership begun
USING unnest(%(client_ids)s::bigint[], %(owner_ids)s::bigint[]) AS asked (client_id, owner_id),
      clients_ownership before
WHERE begun.client_id = asked.client_id
  AND begun.ends_on IS NULL
  AND begun.starts_on = %(starts_on)s
  AND before.client_id = asked.client_id
  AND before.ends_on = %(starts_on)s
  AND before.owner_id = asked.owner_id
RETURNING begun.client_id
