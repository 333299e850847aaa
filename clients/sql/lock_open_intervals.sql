-- Grain: one row per client that will move.
-- Reads: clients_ownership (open intervals, locked in the order of client). Parameters: client_ids, owner_ids (parallel
-- arrays), starts_on. A client is left out when it has that owner already or an interval begun later than starts_on.
SELECT interval.client_id AS client_id,
       interval.id AS interval_id,
       asked.owner_id AS owner_id,
       interval.owner_id AS owned_by,
       interval.starts_on = %(starts_on)s AS begun_that_day
FROM unnest(%(client_ids)s::bigint[], %(owner_ids)s::bigint[]) AS asked (client_id, owner_id)
JOIN clients_ownership interval ON interval.client_id = asked.client_id AND interval.ends_on IS NULL
WHERE interval.owner_id <> asked.owner_id
  AND interval.starts_on <= %(starts_on)s
ORDER BY interval.client_id
FOR UPDATE OF interval
