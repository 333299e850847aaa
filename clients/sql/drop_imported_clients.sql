-- Clients the import created. Writes clients_client. Parameters: intake.
DELETE FROM clients_client
WHERE intake_id = %(intake)s
