-- Ways to reach the people of the sample company's clients: one row per way, of a person or of the company itself.
-- Writes clients_contactpoint. Parameters: points (a JSON list of rows).
INSERT INTO clients_contactpoint (
    client_id, contact_id, kind, value, value_key, failed_attempts, is_doubtful, dead_on, dead_reason, dead_by_id
)
SELECT client_id, contact_id, kind, value, value, failed_attempts, is_doubtful, dead_on, dead_reason, dead_by_id
FROM jsonb_to_recordset(CAST(%(points)s AS jsonb)) AS point (
    client_id bigint, contact_id bigint, kind text, value text, failed_attempts int, is_doubtful boolean, dead_on date,
    dead_reason text, dead_by_id bigint
)
