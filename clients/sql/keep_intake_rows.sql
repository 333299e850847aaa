-- What the import made and changed, for its undo. Clients and legal entities it made say so themselves.
-- Reads intake_change, client_person, client_new_point, client_new_note; writes clients_intakerow. Parameters: intake.
INSERT INTO clients_intakerow (intake_id, kind, row_id, before, after)
SELECT %(intake)s, kind, id, before, after FROM intake_change
UNION ALL
SELECT %(intake)s, 'contact', contact_id, NULL, NULL FROM client_person WHERE is_new
UNION ALL
SELECT %(intake)s, 'point', id, NULL, NULL FROM client_new_point
UNION ALL
SELECT %(intake)s, 'note', id, NULL, NULL FROM client_new_note
