-- One row per row of the file that cannot be taken: its client is not known, an earlier row has the same document, or
-- the base has the document with another client, day or amount (the person who knows why corrects it there).
-- Reads money_row, money_party, deals_invoice, intake_staged; writes intake_bad. Parameters: source.
INSERT INTO intake_bad (row, field, value, reason)
SELECT m.row, told.field, left(told.value, 200), told.reason
FROM money_row m
JOIN money_party p USING (row)
LEFT JOIN LATERAL (
    SELECT invoice.id, invoice.legal_entity_id, invoice.issued_on, invoice.amount
    FROM deals_invoice invoice
    WHERE invoice.source_id = %(source)s
      AND invoice.external_id = m.external_id
      AND (m.external_id <> '' OR (invoice.number = m.number AND invoice.period = m.period))
    LIMIT 1
) known ON true
CROSS JOIN LATERAL (
    SELECT 'client' AS field, coalesce(m.name, m.code, m.inn) AS value, 'the base has no such client' AS reason
    WHERE p.client_id IS NULL
    UNION ALL
    SELECT 'number', coalesce(nullif(m.number, ''), m.external_id), 'an earlier row has the same document'
    WHERE EXISTS (
        SELECT FROM money_row e
        WHERE e.row < m.row
          AND e.external_id = m.external_id
          AND (m.external_id <> '' OR (e.number = m.number AND e.period = m.period))
    )
    UNION ALL
    SELECT 'amount', m.amount::text, 'the base has this document with another client, date or amount'
    WHERE known.id IS NOT NULL
      AND (known.legal_entity_id, known.issued_on, known.amount) IS DISTINCT FROM (p.entity_id, m.day, m.amount)
) told
