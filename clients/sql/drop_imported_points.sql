-- Ways to reach the import made. Reads clients_intakerow; writes clients_contactpoint. Parameters: intake.
DELETE FROM clients_contactpoint
WHERE id IN (SELECT row_id FROM clients_intakerow WHERE intake_id = %(intake)s AND kind = 'point' AND before IS NULL)
