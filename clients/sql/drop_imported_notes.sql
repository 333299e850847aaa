-- Notes the import made. Reads clients_intakerow; writes clients_communication. Parameters: intake.
DELETE FROM clients_communication
WHERE id IN (SELECT row_id FROM clients_intakerow WHERE intake_id = %(intake)s AND kind = 'note' AND before IS NULL)
