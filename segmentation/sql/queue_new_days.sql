-- Grain: one touched month per legal entity and month with documents dated in (after, as_of].
-- Reads: clients_shipment by source and day. Writes: clients_touchedmonth. Parameters: after, as_of.
INSERT INTO clients_touchedmonth (legal_entity_id, month)
SELECT DISTINCT document.legal_entity_id, date_trunc('month', document.day)::date
FROM clients_source source
JOIN clients_shipment document ON document.source_id = source.id
WHERE document.day > %(after)s AND document.day <= %(as_of)s
