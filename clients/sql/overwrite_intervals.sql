-- Grain: one open interval per client, begun on starts_on: the last change of a day wins (the field history keeps both).
-- Writes: clients_ownership. Parameters: as of open_intervals.
UPDATE clients_ownership interval
SET owner_id = asked.owner_id, reason = %(reason)s, note = %(note)s, author_id = %(author)s, night = %(night)s,
    left_alone_until = %(left_alone_until)s
FROM unnest(%(client_ids)s::bigint[], %(owner_ids)s::bigint[]) AS asked (client_id, owner_id)
WHERE interval.client_id = asked.client_id
  AND interval.ends_on IS NULL
  AND interval.starts_on = %(starts_on)s
