-- Grain: one month with documents of a legal entity that moved, and one month of each other legal entity of the two
-- clients, so that the next night looks at both anew. Reads: clients_shipment. Writes: clients_touchedmonth.
-- Parameters: entity_ids (moved), client_ids, month.
INSERT INTO clients_touchedmonth (legal_entity_id, month)
SELECT DISTINCT document.legal_entity_id, date_trunc('month', document.day)::date
FROM clients_shipment document
WHERE document.legal_entity_id = ANY(%(entity_ids)s::bigint[])
UNION
SELECT entity.id, %(month)s::date
FROM clients_legalentity entity
WHERE entity.client_id = ANY(%(client_ids)s::bigint[])
