-- The import's own notes of what it did. Writes clients_intakerow. Parameters: intake.
DELETE FROM clients_intakerow
WHERE intake_id = %(intake)s
