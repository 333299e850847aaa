-- Grain: four lines of each document of fill_bulk_shipments, whose keys are first_id, first_id + 1, … in order.
-- Reads: clients_product. Writes: clients_shipmentline.
-- Parameters: shipments and products (numbers), first_id, seed. Quantities and prices are hashes of the document's number.
WITH product AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM clients_product
)
INSERT INTO clients_shipmentline (shipment_id, position, product_id, quantity, price, amount)
SELECT %(first_id)s + n - 1, position, product.id, quantity, price, quantity * price
FROM generate_series(1, %(shipments)s) AS n
CROSS JOIN generate_series(1, 4) AS position
CROSS JOIN LATERAL (
    SELECT (1 + abs(hashint8extended(n * 4 + position, %(seed)s + 2) %% 40)) * CASE WHEN n %% 50 = 0 THEN -1 ELSE 1 END
               AS quantity,
           40 + abs(hashint8extended(n * 4 + position, %(seed)s + 3) %% 900) AS price,
           abs(hashint8extended(n * 4 + position, %(seed)s + 4) %% %(products)s) AS place
) AS drawn
JOIN product USING (place)
