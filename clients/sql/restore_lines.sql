-- Lines of changed documents as they were before the import. Reads clients_shipmentbefore; writes clients_shipmentline.
-- Parameters: intake.
INSERT INTO clients_shipmentline (id, shipment_id, position, product_id, quantity, price, amount)
SELECT o.id, o.shipment_id, o.position, o.product_id, o.quantity, o.price, o.amount
FROM clients_shipmentbefore b
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::clients_shipmentline, b.lines) AS o
WHERE b.intake_id = %(intake)s
