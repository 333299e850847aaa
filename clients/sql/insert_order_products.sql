-- Products the source did not have. Reads order_product, clients_category; writes clients_product.
-- Parameters: source, intake.
INSERT INTO clients_product (source_id, code, name, category_id, intake_id)
SELECT %(source)s, p.code, p.name, c.id, %(intake)s
FROM order_product p
LEFT JOIN clients_category c ON c.name = p.category
WHERE NOT EXISTS (SELECT FROM clients_product k WHERE k.source_id = %(source)s AND k.code = p.code)
ORDER BY p.code
