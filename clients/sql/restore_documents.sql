-- Heads of changed documents as they were before the import. Reads clients_shipmentbefore; writes clients_shipment.
-- Parameters: intake.
UPDATE clients_shipment s
SET
    number = o.number,
    period = o.period,
    legal_entity_id = o.legal_entity_id,
    day = o.day,
    total = o.total,
    currency = o.currency,
    rate = o.rate,
    salesperson_id = o.salesperson_id,
    content = o.content
FROM clients_shipmentbefore b
CROSS JOIN LATERAL jsonb_populate_record(NULL::clients_shipment, b.head) AS o
WHERE b.intake_id = %(intake)s AND s.id = b.shipment_id
