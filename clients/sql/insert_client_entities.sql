-- The legal entity of each new client. Reads intake_new; writes clients_legalentity. Parameters: intake.
INSERT INTO clients_legalentity (id, client_id, name, name_key, inn, kpp, intake_id)
SELECT entity_id, client_id, legal_name, legal_key, inn, kpp, %(intake)s
FROM intake_new
ORDER BY entity_id
