-- Repeat shipments of new clients: the second purchase lies in the month, the first in [new_from, month's end]; of the
-- owner of the second. Reads: kpi_client, segmentation_purchaseday. Writes: kpi_fact.
-- Parameters: month, as_of, new_from, known_from.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT 'repeat_clients', owner.owner_id, client.client_id, 1
FROM kpi_client client
JOIN LATERAL (
    SELECT min(bought.day) AS day
    FROM clients_legalentity entity
    JOIN segmentation_purchaseday bought ON bought.legal_entity_id = entity.id
    WHERE entity.client_id = client.client_id
      AND bought.day > client.first_purchase_on
) second ON second.day BETWEEN %(month)s::date AND %(as_of)s::date
JOIN clients_ownership owner
  ON owner.client_id = client.client_id
 AND owner.starts_on <= greatest(second.day, client.owned_from)
 AND (owner.ends_on IS NULL OR owner.ends_on > greatest(second.day, client.owned_from))
WHERE client.first_purchase_on >= greatest(%(new_from)s::date, %(known_from)s::date)
  AND client.first_purchase_on <= %(as_of)s::date
