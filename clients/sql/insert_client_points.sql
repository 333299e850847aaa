-- Ways to reach the base did not know. Reads client_new_point; writes clients_contactpoint.
INSERT INTO clients_contactpoint (
    id, client_id, contact_id, kind, value, value_key, failed_attempts, dead_reason
)
SELECT id, client_id, contact_id, kind, value, key, 0, ''
FROM client_new_point
ORDER BY id
