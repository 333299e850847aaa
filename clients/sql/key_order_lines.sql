-- Lines with their legal entity and the key of their document: the file's own id; else number and numbering period;
-- else legal entity and day. One text as the key: a join on five columns is taken for one row and done by nested loops.
-- Reads order_line, intake_resolved, intake_new.
CREATE TEMP VIEW order_keyed_line AS
SELECT
    l.*,
    coalesce(r.entity_id, n.entity_id) AS entity_id,
    CASE
        WHEN l.external_id <> '' THEN 'i' || l.external_id
        WHEN l.number <> '' THEN 'n' || l.period || '/' || l.number
        ELSE 'd' || coalesce(r.entity_id, n.entity_id) || '/' || l.day
    END AS document
FROM order_line l
JOIN intake_resolved r USING (party)
LEFT JOIN intake_new n ON n.grp = r.grp AND r.entity_id IS NULL
