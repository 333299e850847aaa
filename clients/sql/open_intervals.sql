-- Grain: one new open interval per client. Writes: clients_ownership.
-- Parameters: client_ids, owner_ids (parallel), starts_on, reason, note, author, night, left_alone_until.
INSERT INTO clients_ownership (client_id, owner_id, starts_on, ends_on, reason, note, author_id, night, left_alone_until)
SELECT asked.client_id, asked.owner_id, %(starts_on)s, NULL, %(reason)s, %(note)s, %(author)s, %(night)s,
       %(left_alone_until)s
FROM unnest(%(client_ids)s::bigint[], %(owner_ids)s::bigint[]) AS asked (client_id, owner_id)
