-- One row per row of the file that cannot be taken: its client is not known, an earlier row has the same document, or
-- the base has the document with another client, day or amount.
-- Reads money_row, money_party, deals_payment; writes intake_bad. Parameters: source.
INSERT INTO intake_bad (row, field, value, reason)
SELECT m.row, told.field, left(told.value, 200), told.reason
FROM money_row m
JOIN money_party p USING (row)
LEFT JOIN LATERAL (
    SELECT payment.id, payment.legal_entity_id, payment.day, payment.amount
    FROM deals_payment payment
    WHERE payment.source_id = %(source)s
      AND payment.external_id = m.external_id
      AND (
          m.external_id <> ''
          OR (payment.number = m.number AND payment.day = m.day AND payment.legal_entity_id = p.entity_id)
      )
    LIMIT 1
) known ON true
CROSS JOIN LATERAL (
    SELECT 'client' AS field, coalesce(m.name, m.code, m.inn) AS value, 'the base has no such client' AS reason
    WHERE p.client_id IS NULL
    UNION ALL
    SELECT 'number', coalesce(nullif(m.number, ''), m.external_id), 'an earlier row has the same document'
    WHERE EXISTS (
        SELECT FROM money_row e
        JOIN money_party q ON q.row = e.row
        WHERE e.row < m.row
          AND e.external_id = m.external_id
          AND (m.external_id <> '' OR (e.number = m.number AND e.day = m.day AND q.entity_id = p.entity_id))
    )
    UNION ALL
    SELECT 'amount', m.amount::text, 'the base has this document with another client, date or amount'
    WHERE known.id IS NOT NULL
      AND (known.legal_entity_id, known.day, known.amount) IS DISTINCT FROM (p.entity_id, m.day, m.amount)
) told
