-- What the import changed, turned round. Reads clients_intakerow; writes intake_change. Parameters: intake.
CREATE TEMP TABLE intake_change ON COMMIT DROP AS
SELECT kind, row_id AS id, before AS after
FROM clients_intakerow
WHERE intake_id = %(intake)s AND before IS NOT NULL
