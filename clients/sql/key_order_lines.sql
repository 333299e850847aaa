-- Lines with their legal entity and the key of their document. Reads order_line, order_resolved, order_new.
CREATE TEMP VIEW order_keyed_line AS
SELECT
    l.*,
    coalesce(r.entity_id, n.entity_id) AS entity_id,
    CASE WHEN l.external_id <> '' THEN '' ELSE l.number END AS number_key,
    CASE WHEN l.external_id <> '' OR l.number = '' THEN 0 ELSE l.period END AS period_key,
    CASE WHEN l.external_id = '' AND l.number = '' THEN coalesce(r.entity_id, n.entity_id) ELSE 0 END AS entity_key,
    CASE WHEN l.external_id = '' AND l.number = '' THEN l.day ELSE date '1900-01-01' END AS day_key
FROM order_line l
JOIN order_resolved r USING (party)
LEFT JOIN order_new n ON n.grp = r.grp AND r.entity_id IS NULL
