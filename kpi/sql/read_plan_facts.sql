-- Grain: owner and month: net turnover of documents of [start, end), by the owner of each document's day (R226, R230).
-- Reads: clients_shipment, clients_legalentity, clients_ownership.
-- Parameters: start, end (days, half-open).
SELECT ownership.owner_id AS employee,
       date_trunc('month', shipment.day)::date AS month,
       round(sum(shipment.total), 2) AS amount
FROM clients_shipment shipment
JOIN clients_legalentity entity ON entity.id = shipment.legal_entity_id
JOIN clients_ownership ownership
  ON ownership.client_id = entity.client_id
 AND ownership.starts_on <= shipment.day
 AND (ownership.ends_on IS NULL OR ownership.ends_on > shipment.day)
WHERE shipment.day >= %(start)s AND shipment.day < %(end)s
GROUP BY 1, 2
