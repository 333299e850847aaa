-- One row per bad cell of the rows marked bad, the cell as it is written in the file and the reason.
-- Reads money_row, intake_staged, intake_day, intake_number, intake_inn; writes intake_bad.
INSERT INTO intake_bad (row, field, value, reason)
SELECT s.row, c.field, left(c.value, 200), c.reason
FROM money_row m
JOIN intake_staged s USING (row)
LEFT JOIN intake_day d ON d.text = s.day
LEFT JOIN intake_number na ON na.text = s.amount
LEFT JOIN intake_number nr ON nr.text = s.rate
LEFT JOIN intake_inn i ON i.text = s.inn
CROSS JOIN LATERAL (
    VALUES
    ('day', s.day, CASE WHEN s.day IS NULL THEN 'empty' ELSE d.reason END),
    ('amount', s.amount, CASE
        WHEN s.amount IS NULL THEN 'empty'
        WHEN na.reason IS NOT NULL THEN na.reason
        WHEN m.amount <= 0 THEN 'not above zero'
        WHEN m.amount >= 1e12 THEN 'too large a number'
    END),
    ('rate', s.rate, CASE
        WHEN nr.reason IS NOT NULL THEN nr.reason
        WHEN m.rate <= 0 OR m.rate >= 1e9 THEN 'not a rate of exchange'
        WHEN m.rate IS NULL THEN 'no rate for an amount in another currency'
    END),
    ('number', s.number, CASE
        WHEN m.external_id = '' AND m.number = '' THEN 'empty'
        WHEN length(m.number) > 60 THEN 'longer than 60 characters'
    END),
    ('client', s.client, CASE WHEN m.code = '' AND m.inn = '' AND s.client IS NULL THEN 'empty' END),
    ('inn', s.inn, i.reason),
    ('document_id', s.document_id, CASE WHEN length(m.external_id) > 100 THEN 'longer than 100 characters' END),
    ('currency', s.currency, CASE WHEN length(m.currency) NOT IN (0, 3) THEN 'not a currency code' END)
) AS c (field, value, reason)
WHERE m.bad
    AND c.reason IS NOT NULL
    AND NOT EXISTS (SELECT FROM intake_bad b WHERE b.row = s.row AND b.field = c.field)
