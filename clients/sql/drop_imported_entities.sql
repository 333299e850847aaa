-- Legal entities the import created. Writes clients_legalentity. Parameters: intake.
DELETE FROM clients_legalentity
WHERE intake_id = %(intake)s
