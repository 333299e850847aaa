-- Grain: one open interval per client. Writes: clients_ownership.ends_on. Parameters: client_ids, starts_on.
-- Intervals begun that very day are not closed: they are overwritten or taken away.
UPDATE clients_ownership
SET ends_on = %(starts_on)s
WHERE client_id = ANY(%(client_ids)s::bigint[])
  AND ends_on IS NULL
  AND starts_on < %(starts_on)s
