-- Grain: one key of a client that is no more (an import was undone). Writes: clients_duplicatekey.
DELETE FROM clients_duplicatekey known
WHERE NOT EXISTS (SELECT FROM clients_client client WHERE client.id = known.client_id)
