-- People the base did not know; nobody has verified them. Reads client_person; writes clients_contact.
-- Parameters: today, author.
INSERT INTO clients_contact (
    id, client_id, name, name_key, position, role, preferred, birthday, note, created_on, created_by_id
)
SELECT
    contact_id, client_id, name, key, coalesce(position, ''), coalesce(role, ''), '', birthday, coalesce(note, ''),
    %(today)s, %(author)s
FROM client_person
WHERE is_new
ORDER BY contact_id
