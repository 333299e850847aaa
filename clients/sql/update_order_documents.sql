-- Heads of changed documents. Reads order_document, order_salesperson; writes clients_shipment.
UPDATE clients_shipment s
SET
    number = d.number,
    period = d.period,
    legal_entity_id = d.entity_id,
    day = d.day,
    total = d.total,
    currency = d.currency,
    rate = d.rate,
    salesperson_id = sp.employee_id,
    content = d.content
FROM order_document d
LEFT JOIN order_salesperson sp ON sp.text = d.salesperson
WHERE s.id = d.shipment_id AND d.is_changed
