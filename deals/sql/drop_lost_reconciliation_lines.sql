-- Grain: line of a client that an undone import took away. Reads: clients_client. Writes: deals_reconciliationline.
DELETE FROM deals_reconciliationline line
WHERE NOT EXISTS (SELECT FROM clients_client client WHERE client.id = line.client_id)
   OR (
       line.other_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM clients_client client WHERE client.id = line.other_id)
   )
