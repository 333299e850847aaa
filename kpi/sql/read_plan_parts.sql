-- Grain: owner, group of clients, single TOP client, direction: net turnover of [start, end) by today's owner (R227).
-- A client is in the first group that fits: TOP, new, internet shops, others. Silent clients (returned ones
-- are planned apart) and owners who left have no part. Lines without a direction have none.
-- Reads: clients_shipment, clients_shipmentline, clients_product, clients_category, clients_legalentity, clients_client,
-- clients_standing, clients_segment, clients_ownership, staff_employee.
-- Parameters: start, end (days, half-open), shop_segments (codes of types).
SELECT employee.branch_id AS branch,
       employee.id AS employee,
       CASE
           WHEN standing.top THEN 'top'
           WHEN standing.life_cycle = 'new' THEN 'new'
           WHEN client.channel = 'internet_shop' OR segment.code = ANY(%(shop_segments)s::text[]) THEN 'shops'
           ELSE 'others'
       END AS client_group,
       CASE WHEN standing.top THEN client.id END AS client,
       category.direction_id AS direction,
       sum(line.amount) AS amount
FROM clients_shipment shipment
JOIN clients_shipmentline line ON line.shipment_id = shipment.id
JOIN clients_legalentity entity ON entity.id = shipment.legal_entity_id
JOIN clients_client client ON client.id = entity.client_id
JOIN clients_standing standing ON standing.client_id = client.id
JOIN clients_ownership ownership ON ownership.client_id = client.id AND ownership.ends_on IS NULL
JOIN staff_employee employee ON employee.id = ownership.owner_id
LEFT JOIN clients_segment segment ON segment.id = client.segment_id
LEFT JOIN clients_product product ON product.id = line.product_id
LEFT JOIN clients_category category ON category.id = product.category_id
WHERE shipment.day >= %(start)s AND shipment.day < %(end)s
  AND employee.is_active
  AND standing.life_cycle IN ('new', 'active')
GROUP BY 1, 2, 3, 4, 5
HAVING sum(line.amount) > 0
ORDER BY 1, 2, 3, 4, 5
