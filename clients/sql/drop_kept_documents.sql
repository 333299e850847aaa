-- What the import kept of changed documents, no longer needed. Writes clients_shipmentbefore. Parameters: intake.
DELETE FROM clients_shipmentbefore
WHERE intake_id = %(intake)s
