-- Comments as notes of the day of the import. Reads client_new_note; writes clients_communication.
-- Parameters: today, now, teller (who brought the file).
INSERT INTO clients_communication (
    id, client_id, kind, way, is_connected, is_two_way, day, author_id, text, agreements, submission, written_at
)
SELECT id, client_id, 'note', 'out', false, false, %(today)s, %(teller)s, text, '', gen_random_uuid(), %(now)s
FROM client_new_note
ORDER BY id
