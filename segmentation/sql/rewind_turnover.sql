-- Grain: legal entity and month with documents dated after the evening before as_of: queued to be summed again.
-- Writes: clients_touchedmonth (a trial that is rolled back). Parameters: as_of.
INSERT INTO clients_touchedmonth (legal_entity_id, month)
SELECT DISTINCT document.legal_entity_id, date_trunc('month', document.day)::date
FROM clients_shipment document
WHERE document.day >= %(as_of)s
