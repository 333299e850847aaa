-- Rows that contradict the first row of their document about client, date or currency; writes intake_bad.
INSERT INTO intake_bad (row, field, value, reason)
SELECT l.row, c.field, c.value, 'differs from the first row of the same document'
FROM order_document d
JOIN order_keyed_line l USING (document)
JOIN order_keyed_line f ON f.row = d.first_row
CROSS JOIN LATERAL (
    VALUES
    ('day', l.day::text, l.day <> f.day),
    ('client', substr(l.party, 2), l.entity_id <> f.entity_id),
    ('currency', l.currency, l.currency <> f.currency OR l.rate <> f.rate)
) AS c (field, value, is_bad)
WHERE d.torn AND c.is_bad
