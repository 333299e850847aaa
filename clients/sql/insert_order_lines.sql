-- Lines of new documents; position is the place in the document. Reads order_keyed_line, order_document, clients_product;
-- writes clients_shipmentline. Parameters: source.
INSERT INTO clients_shipmentline (shipment_id, position, product_id, quantity, price, amount)
SELECT
    d.shipment_id, row_number() OVER (PARTITION BY d.shipment_id ORDER BY l.row), p.id,
    round(l.quantity, 4), round(l.price, 4), l.amount
FROM order_keyed_line l
JOIN order_document d USING (document)
LEFT JOIN clients_product p ON p.source_id = %(source)s AND p.code = l.product_code
WHERE d.is_new
