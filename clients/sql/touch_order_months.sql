-- The (legal entity, month) pairs whose turnover changes: of new documents, of changed ones before and after.
-- Reads order_document; writes clients_touchedmonth.
INSERT INTO clients_touchedmonth (legal_entity_id, month)
SELECT entity_id, date_trunc('month', day)::date FROM order_document WHERE is_new OR is_changed
UNION
SELECT old_entity_id, date_trunc('month', old_day)::date FROM order_document WHERE is_changed
