-- Grain: person, client and direction (empty: not identified) of the lines of the month's documents; the temporary table
-- kpi_direction. Reads: kpi_document, clients_shipmentline, clients_product, clients_category.
CREATE TEMPORARY TABLE kpi_direction ON COMMIT DROP AS
SELECT document.employee_id, document.client_id, document.client_group, category.direction_id, sum(line.amount) AS value
FROM kpi_document document
JOIN clients_shipmentline line ON line.shipment_id = document.id
LEFT JOIN clients_product product ON product.id = line.product_id
LEFT JOIN clients_category category ON category.id = product.category_id
GROUP BY document.employee_id, document.client_id, document.client_group, category.direction_id
HAVING sum(line.amount) <> 0
