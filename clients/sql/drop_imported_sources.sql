-- The source the import created. Writes clients_source. Parameters: intake.
DELETE FROM clients_source
WHERE intake_id = %(intake)s
