-- Grain: one interval per client that ended on starts_on becomes the open one. Writes: clients_ownership.ends_on.
-- Parameters: client_ids, starts_on.
UPDATE clients_ownership
SET ends_on = NULL
WHERE client_id = ANY(%(client_ids)s::bigint[])
  AND ends_on = %(starts_on)s
