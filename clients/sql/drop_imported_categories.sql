-- Categories the import created. Writes clients_category. Parameters: intake.
DELETE FROM clients_category
WHERE intake_id = %(intake)s
