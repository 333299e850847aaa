-- Documents the import created. Writes clients_shipment. Parameters: intake.
DELETE FROM clients_shipment
WHERE intake_id = %(intake)s
