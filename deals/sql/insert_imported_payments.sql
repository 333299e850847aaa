-- Grain: one payment of the file the base has not.
-- Reads money_row, money_party, intake_staged, deals_payment; writes deals_payment. Parameters: source, intake.
INSERT INTO deals_payment (
    source_id, external_id, number, client_id, legal_entity_id, day, amount, invoice_number, intake_id
)
SELECT %(source)s, m.external_id, m.number, p.client_id, p.entity_id, m.day, m.amount,
       left(coalesce(s.invoice_number, ''), 60), %(intake)s
FROM money_row m
JOIN money_party p USING (row)
JOIN intake_staged s USING (row)
WHERE NOT EXISTS (
    SELECT FROM deals_payment known
    WHERE known.source_id = %(source)s
      AND known.external_id = m.external_id
      AND (
          m.external_id <> ''
          OR (known.number = m.number AND known.day = m.day AND known.legal_entity_id = p.entity_id)
      )
)
ORDER BY m.row
