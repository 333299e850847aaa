-- Grain: one pending client per client with a state or a legal entity: new rules ask for everybody's purchases again.
INSERT INTO segmentation_pendingclient (client_id)
SELECT id FROM clients_client WHERE merged_into_id IS NULL
ON CONFLICT (client_id) DO NOTHING
