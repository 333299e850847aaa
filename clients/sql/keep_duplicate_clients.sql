-- Grain: one client to be compared with all. Writes: the temporary table duplicate_client. Parameters: clients.
CREATE TEMPORARY TABLE duplicate_client ON COMMIT DROP AS
SELECT unnest(%(clients)s::bigint[]) AS client_id
