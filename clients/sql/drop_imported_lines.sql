-- Lines of documents the import created. Reads clients_shipment; writes clients_shipmentline. Parameters: intake.
DELETE FROM clients_shipmentline l
USING clients_shipment s
WHERE s.intake_id = %(intake)s AND l.shipment_id = s.id
