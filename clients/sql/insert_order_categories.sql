-- Categories the base did not know. Reads order_product; writes clients_category. Parameters: intake.
INSERT INTO clients_category (name, intake_id)
SELECT DISTINCT p.category, %(intake)s::bigint
FROM order_product p
WHERE p.category IS NOT NULL AND NOT EXISTS (SELECT FROM clients_category c WHERE c.name = p.category)
ORDER BY 1
