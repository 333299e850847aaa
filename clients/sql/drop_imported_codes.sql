-- External codes the import learnt. Writes clients_externalcode. Parameters: intake.
DELETE FROM clients_externalcode
WHERE intake_id = %(intake)s
