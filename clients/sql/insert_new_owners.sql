-- The first owner of each new client, from its first document's day. Reads intake_new; writes clients_ownership.
-- Parameters: author.
INSERT INTO clients_ownership (client_id, owner_id, starts_on, reason, note, author_id)
SELECT client_id, owner_id, group_day, 'first', '', %(author)s
FROM intake_new
ORDER BY client_id
