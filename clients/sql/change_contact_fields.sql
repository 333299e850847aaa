-- Contacts with the fields an import changed, or changed back. Reads intake_change; writes clients_contact.
UPDATE clients_contact AS t
SET (position, role, birthday, note) = (
    SELECT o.position, o.role, o.birthday, o.note
    FROM jsonb_populate_record(t, h.after) AS o
)
FROM intake_change h
WHERE h.kind = 'contact' AND h.id = t.id
