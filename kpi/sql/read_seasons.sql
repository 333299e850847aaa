-- Grain: direction (none: lines without one) and month: net turnover of [start, end) (R225).
-- Reads: clients_shipment, clients_shipmentline, clients_product, clients_category.
-- Parameters: start, end (days, half-open).
SELECT category.direction_id AS direction,
       date_trunc('month', shipment.day)::date AS month,
       sum(line.amount) AS amount
FROM clients_shipment shipment
JOIN clients_shipmentline line ON line.shipment_id = shipment.id
LEFT JOIN clients_product product ON product.id = line.product_id
LEFT JOIN clients_category category ON category.id = product.category_id
WHERE shipment.day >= %(start)s AND shipment.day < %(end)s
GROUP BY 1, 2
