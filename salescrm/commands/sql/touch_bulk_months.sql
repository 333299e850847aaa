-- Grain: one (legal entity, month) with a document. Reads: clients_shipment. Writes: clients_touchedmonth.
-- Parameters: source_id.
INSERT INTO clients_touchedmonth (legal_entity_id, month)
SELECT DISTINCT legal_entity_id, date_trunc('month', day)::date
FROM clients_shipment
WHERE source_id = %(source_id)s
