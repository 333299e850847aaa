-- Grain: one invoice of these clients whose paid sum differs from its parts of payments.
-- Reads: deals_paymentpart. Writes: deals_invoice.paid. Parameters: client_ids.
UPDATE deals_invoice invoice
SET paid = summed.paid
FROM (
    SELECT one.id, coalesce(sum(part.amount), 0) AS paid
    FROM deals_invoice one
    LEFT JOIN deals_paymentpart part ON part.invoice_id = one.id
    WHERE one.client_id = ANY(%(client_ids)s::bigint[])
    GROUP BY one.id
) summed
WHERE summed.id = invoice.id
  AND invoice.paid <> summed.paid
