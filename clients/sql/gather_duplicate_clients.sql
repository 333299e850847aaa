-- Grain: one client to be compared with all: everybody, or those that changed since the marks, or have no keys.
-- Reads: clients_client and the field histories from the marks on. Parameters: everybody, client, entity, point (marks).
WITH changed AS (
    SELECT pgh_obj_id AS client_id FROM clients_clientevent WHERE pgh_id > %(client)s
    UNION
    SELECT client_id FROM clients_legalentityevent WHERE pgh_id > %(entity)s
    UNION
    SELECT client_id FROM clients_contactpointevent WHERE pgh_id > %(point)s
)
SELECT client.id AS client_id
FROM clients_client client
WHERE %(everybody)s
   OR client.id IN (SELECT client_id FROM changed)
   OR client.merged_into_id IS NULL
      AND NOT EXISTS (SELECT FROM clients_duplicatekey known WHERE known.client_id = client.id)
ORDER BY client.id
