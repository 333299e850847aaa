-- New clients: first purchase in the month, of the owner of that day; none before first purchases are known.
-- Reads: kpi_client, clients_ownership. Writes: kpi_fact. Parameters: month, as_of, known_from.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT 'new_clients', owner.owner_id, client.client_id, 1
FROM kpi_client client
JOIN clients_ownership owner
  ON owner.client_id = client.client_id
 AND owner.starts_on <= greatest(client.first_purchase_on, client.owned_from)
 AND (owner.ends_on IS NULL OR owner.ends_on > greatest(client.first_purchase_on, client.owned_from))
WHERE client.first_purchase_on BETWEEN greatest(%(month)s::date, %(known_from)s::date) AND %(as_of)s::date
