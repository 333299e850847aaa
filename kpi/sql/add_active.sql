-- Active accounts: clients with a purchase in the month, of the owner of its first day (R236).
-- Reads: kpi_document, kpi_client. Writes: kpi_fact.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT 'active_accounts', client.first_owner_id, client.client_id, 1
FROM kpi_client client
WHERE EXISTS (SELECT 1 FROM kpi_document document WHERE document.client_id = client.client_id AND document.total > 0)
