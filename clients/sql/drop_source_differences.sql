-- Differences from a source that the import wrote, and those that later ones wrote of what it had made: clients, legal
-- entities, the source. Reads: clients_client, clients_legalentity, clients_source. Writes: clients_sourcedifference.
-- Parameters: intake.
DELETE FROM clients_sourcedifference
WHERE intake_id = %(intake)s
    OR client_id IN (SELECT id FROM clients_client WHERE intake_id = %(intake)s)
    OR legal_entity_id IN (SELECT id FROM clients_legalentity WHERE intake_id = %(intake)s)
    OR source_id IN (SELECT id FROM clients_source WHERE intake_id = %(intake)s)
