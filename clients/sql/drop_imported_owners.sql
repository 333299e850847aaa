-- The first owner of clients the import created; a later change of owner stays and so forbids the undo.
-- Reads clients_client; writes clients_ownership. Parameters: intake.
DELETE FROM clients_ownership o
USING clients_client c
WHERE c.intake_id = %(intake)s AND o.client_id = c.id AND o.starts_on = c.owned_from AND o.reason = 'first'
