-- Grain: one state per client that was joined into another one. Writes: segmentation_clientstate.
DELETE FROM segmentation_clientstate state
USING clients_client client
WHERE client.id = state.client_id AND client.merged_into_id IS NOT NULL
