-- Grain: one product. Reads: clients_category. Writes: clients_product.
-- Parameters: products (number), source_id.
WITH shelf AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS shelves
    FROM clients_category
)
INSERT INTO clients_product (source_id, code, name, category_id)
SELECT %(source_id)s, 'P-' || lpad(n::text, 6, '0'), 'Товар ' || n, shelf.id
FROM generate_series(1, %(products)s) AS n
LEFT JOIN shelf ON shelf.place = n %% shelf.shelves
