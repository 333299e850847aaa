-- New documents. Reads order_document, order_salesperson; writes clients_shipment. Parameters: source, intake.
INSERT INTO clients_shipment (
    id, source_id, external_id, number, period, legal_entity_id, day, total, currency, rate, salesperson_id, content, intake_id
)
SELECT
    d.shipment_id, %(source)s, d.external_id, d.number, d.period, d.entity_id, d.day, d.total, d.currency, d.rate,
    sp.employee_id, d.content, %(intake)s
FROM order_document d
LEFT JOIN order_salesperson sp ON sp.text = d.salesperson
WHERE d.is_new
ORDER BY d.shipment_id
