-- One row per bad cell of the rows marked bad, the cell as it is written in the file and the reason.
-- Reads order_line, intake_staged, intake_day, intake_number, intake_inn; writes intake_bad. No cell is reported twice.
INSERT INTO intake_bad (row, field, value, reason)
SELECT s.row, c.field, left(c.value, 200), c.reason
FROM order_line l
JOIN intake_staged s USING (row)
LEFT JOIN intake_day d ON d.text = s.day
LEFT JOIN intake_number nq ON nq.text = s.quantity
LEFT JOIN intake_number np ON np.text = s.price
LEFT JOIN intake_number na ON na.text = s.amount
LEFT JOIN intake_number nr ON nr.text = s.rate
LEFT JOIN intake_inn i ON i.text = s.inn
CROSS JOIN LATERAL (
    VALUES
    ('day', s.day, CASE WHEN s.day IS NULL THEN 'empty' ELSE d.reason END),
    ('quantity', s.quantity, nq.reason),
    ('price', s.price, np.reason),
    ('amount', s.amount, na.reason),
    ('rate', s.rate, CASE
        WHEN nr.reason IS NOT NULL THEN nr.reason
        WHEN l.rate <= 0 OR l.rate >= 1e9 THEN 'not a rate of exchange'
        WHEN l.rate IS NULL THEN 'no rate for an amount in another currency'
    END),
    ('amount', coalesce(s.amount, s.price), CASE
        WHEN coalesce(nq.reason, np.reason, na.reason) IS NOT NULL THEN NULL
        WHEN s.amount IS NULL AND (s.price IS NULL OR s.quantity IS NULL) THEN 'empty'
        WHEN l.amount IS NOT NULL AND abs(l.amount) >= 1e12 THEN 'too large a number'
    END),
    ('client', s.client, CASE
        WHEN coalesce(s.client_code, s.inn, s.client) IS NULL THEN 'empty'
        WHEN length(s.client) > 255 THEN 'longer than 255 characters'
    END),
    ('client_code', s.client_code, CASE WHEN length(s.client_code) > 90 THEN 'longer than 90 characters' END),
    ('inn', s.inn, i.reason),
    ('kpp', s.kpp, CASE
        WHEN regexp_replace(s.kpp, '\.0+$|\s', '', 'g') !~ '^\d{4}[\dA-Z]{2}\d{3}$' THEN 'a KPP has 9 characters'
    END),
    ('product', s.product, CASE WHEN length(s.product) > 300 THEN 'longer than 300 characters' END),
    ('product_code', s.product_code, CASE WHEN length(s.product_code) > 100 THEN 'longer than 100 characters' END),
    ('document_id', s.document_id, CASE WHEN length(s.document_id) > 100 THEN 'longer than 100 characters' END),
    ('number', s.number, CASE WHEN length(s.number) > 60 THEN 'longer than 60 characters' END),
    ('currency', s.currency, CASE WHEN length(l.currency) NOT IN (0, 3) THEN 'not a currency code' END)
) AS c (field, value, reason)
WHERE l.bad
    AND c.reason IS NOT NULL
    AND NOT EXISTS (SELECT FROM intake_bad b WHERE b.row = s.row AND b.field = c.field)
