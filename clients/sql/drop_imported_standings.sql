-- Standing of clients the import created. Reads clients_client; writes clients_standing. Parameters: intake.
DELETE FROM clients_standing s
USING clients_client c
WHERE c.intake_id = %(intake)s AND s.client_id = c.id
