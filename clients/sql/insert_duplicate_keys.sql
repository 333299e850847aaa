-- Grain: one key of a client. Writes: clients_duplicatekey. Parameters: clients, kinds, values, mistyped (parallel).
INSERT INTO clients_duplicatekey (client_id, kind, value, is_mistyped)
SELECT *
FROM unnest(%(clients)s::bigint[], %(kinds)s::text[], %(values)s::text[], %(mistyped)s::boolean[])
ON CONFLICT (client_id, kind, value) DO NOTHING
