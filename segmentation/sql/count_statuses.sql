-- Grain: one row per life-cycle status with its clients, joined ones left out.
-- Counted: clients with a document by as_of (they have a state), and those created by then without one (potential).
-- Parameters: as_of.
SELECT status, count(*)::int AS clients
FROM (
    SELECT coalesce(state.status, 'potential') AS status
    FROM clients_client client
    LEFT JOIN segmentation_clientstate state ON state.client_id = client.id
    WHERE client.merged_into_id IS NULL
      AND (state.client_id IS NOT NULL OR client.created_on <= %(as_of)s)
) counted
GROUP BY status
