-- The latest import that changed a document after this one changed or created it.
-- Reads clients_shipmentbefore, clients_shipment, base_intake. Parameters: intake.
SELECT i.file_name, count(*) AS documents
FROM clients_shipmentbefore later
JOIN base_intake i ON i.id = later.intake_id
WHERE later.intake_id > %(intake)s
    AND (
        later.shipment_id IN (SELECT shipment_id FROM clients_shipmentbefore WHERE intake_id = %(intake)s)
        OR later.shipment_id IN (SELECT id FROM clients_shipment WHERE intake_id = %(intake)s)
    )
GROUP BY i.id, i.file_name
ORDER BY i.id DESC
LIMIT 1
