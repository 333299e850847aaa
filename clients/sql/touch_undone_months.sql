-- The (legal entity, month) pairs whose turnover an undo changes: of documents taken away, of restored ones before and
-- after. Reads clients_shipment, clients_shipmentbefore; writes clients_touchedmonth. Parameters: intake.
INSERT INTO clients_touchedmonth (legal_entity_id, month)
SELECT legal_entity_id, date_trunc('month', day)::date FROM clients_shipment WHERE intake_id = %(intake)s
UNION
SELECT s.legal_entity_id, date_trunc('month', s.day)::date
FROM clients_shipmentbefore b
JOIN clients_shipment s ON s.id = b.shipment_id
WHERE b.intake_id = %(intake)s
UNION
SELECT (head ->> 'legal_entity_id')::bigint, date_trunc('month', (head ->> 'day')::date)::date
FROM clients_shipmentbefore
WHERE intake_id = %(intake)s
