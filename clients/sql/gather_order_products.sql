-- One row per product of the file with the last name and category that were written. Reads order_line, intake_staged;
-- writes order_product.
CREATE TEMP TABLE order_product ON COMMIT DROP AS
WITH product AS (
    SELECT l.product_code AS code, max(l.row) AS any_row, max(l.row) FILTER (WHERE s.product IS NOT NULL) AS named_row
    FROM order_line l
    JOIN intake_staged s USING (row)
    WHERE l.product_code IS NOT NULL
    GROUP BY l.product_code
)
SELECT p.code, coalesce(s.product, p.code) AS name, left(s.category, 150) AS category
FROM product p
JOIN intake_staged s ON s.row = coalesce(p.named_row, p.any_row)
