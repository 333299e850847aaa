-- Grain: client. Writes: clients_standing.abc, xyz, previous_class, key_client; only rows that change.
-- Reads: night_class; a client that is not in it has no class. previous_class is the class before the last change.
UPDATE clients_standing standing
SET abc = fresh.abc,
    xyz = fresh.xyz,
    key_client = fresh.key_client,
    previous_class = CASE
        WHEN (standing.abc, standing.xyz) IS DISTINCT FROM (fresh.abc, fresh.xyz) THEN standing.abc || standing.xyz
        ELSE standing.previous_class
    END
FROM (
    SELECT every.client_id,
           coalesce(night.abc, '') AS abc,
           coalesce(night.xyz, '') AS xyz,
           coalesce(night.key_client, false) AS key_client
    FROM clients_standing every
    LEFT JOIN night_class night ON night.client_id = every.client_id
) fresh
WHERE fresh.client_id = standing.client_id
  AND (standing.abc, standing.xyz, standing.key_client) IS DISTINCT FROM (fresh.abc, fresh.xyz, fresh.key_client)
