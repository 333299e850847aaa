-- Contacts the import made. Reads clients_intakerow; writes clients_contact. Parameters: intake.
DELETE FROM clients_contact
WHERE id IN (SELECT row_id FROM clients_intakerow WHERE intake_id = %(intake)s AND kind = 'contact' AND before IS NULL)
