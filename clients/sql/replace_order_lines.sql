-- Lines of changed documents: those that differ are written, equal ones stay untouched.
-- Reads order_keyed_line, order_document, clients_product; writes clients_shipmentline. Parameters: source.
INSERT INTO clients_shipmentline AS old (shipment_id, position, product_id, quantity, price, amount)
SELECT
    d.shipment_id, d.kept + row_number() OVER (PARTITION BY d.shipment_id ORDER BY l.row), p.id,
    round(l.quantity, 4), round(l.price, 4), l.amount
FROM order_keyed_line l
JOIN order_document d USING (document)
LEFT JOIN clients_product p ON p.source_id = %(source)s AND p.code = l.product_code
WHERE d.is_changed
ON CONFLICT (shipment_id, position) DO UPDATE
SET product_id = excluded.product_id, quantity = excluded.quantity, price = excluded.price, amount = excluded.amount
WHERE (old.product_id, old.quantity, old.price, old.amount)
    IS DISTINCT FROM (excluded.product_id, excluded.quantity, excluded.price, excluded.amount)
