-- Products the import created. Writes clients_product. Parameters: intake.
DELETE FROM clients_product
WHERE intake_id = %(intake)s
