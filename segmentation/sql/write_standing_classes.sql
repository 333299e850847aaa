-- Grain: client. Writes: clients_standing.abc, xyz, previous_class, key_client; only rows that change, locked in the
-- order of clients before, as people's acts lock them.
-- Reads: night_class; a client that is not in it has no class. previous_class is the class before the last change.
WITH changed AS (
    SELECT standing.client_id,
           coalesce(night.abc, '') AS abc,
           coalesce(night.xyz, '') AS xyz,
           coalesce(night.key_client, false) AS key_client
    FROM clients_standing standing
    LEFT JOIN night_class night ON night.client_id = standing.client_id
    WHERE (standing.abc, standing.xyz, standing.key_client)
          IS DISTINCT FROM (coalesce(night.abc, ''), coalesce(night.xyz, ''), coalesce(night.key_client, false))
    ORDER BY standing.client_id
    FOR NO KEY UPDATE OF standing
)
UPDATE clients_standing standing
SET abc = fresh.abc,
    xyz = fresh.xyz,
    key_client = fresh.key_client,
    previous_class = CASE
        WHEN (standing.abc, standing.xyz) IS DISTINCT FROM (fresh.abc, fresh.xyz) THEN standing.abc || standing.xyz
        ELSE standing.previous_class
    END
FROM changed fresh
WHERE fresh.client_id = standing.client_id
