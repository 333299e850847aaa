-- Touched months of legal entities the import created. Reads clients_legalentity; writes clients_touchedmonth.
-- Parameters: intake.
DELETE FROM clients_touchedmonth t
USING clients_legalentity e
WHERE e.intake_id = %(intake)s AND t.legal_entity_id = e.id
