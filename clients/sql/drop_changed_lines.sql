-- Lines the import gave to documents it changed. Reads clients_shipmentbefore; writes clients_shipmentline.
-- Parameters: intake.
DELETE FROM clients_shipmentline l
USING clients_shipmentbefore b
WHERE b.intake_id = %(intake)s AND l.shipment_id = b.shipment_id
