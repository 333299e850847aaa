-- Grain: one part per payment and the invoice it names: what is left of the payment goes to what is left of the invoice,
-- earlier payments first. A corrected invoice takes the payments that name the one it stands for. Of invoices of one
-- number the latest issued on or before the payment's day is meant, else the earliest.
-- Reads: deals_payment, deals_paymentpart, deals_invoice. Writes: deals_paymentpart. Parameters: client_ids.
WITH left_over AS (
    SELECT payment.id, payment.day, named.id AS invoice_id, named.unpaid,
           payment.amount - coalesce(
               (SELECT sum(part.amount) FROM deals_paymentpart part WHERE part.payment_id = payment.id), 0
           ) AS free
    FROM deals_payment payment
    CROSS JOIN LATERAL (
        SELECT invoice.id, invoice.amount - invoice.paid AS unpaid
        FROM deals_invoice invoice
        LEFT JOIN deals_invoice former ON former.id = invoice.corrects_id
        WHERE invoice.client_id = payment.client_id
          AND payment.invoice_number IN (invoice.number, former.number)
          AND invoice.cancelled_at IS NULL
          AND invoice.paid < invoice.amount
        ORDER BY invoice.issued_on <= payment.day DESC, abs(invoice.issued_on - payment.day), invoice.id
        LIMIT 1
    ) named
    WHERE payment.client_id = ANY(%(client_ids)s::bigint[])
      AND payment.invoice_number <> ''
),
lined_up AS (
    SELECT left_over.*, sum(free) OVER (PARTITION BY invoice_id ORDER BY day, id) - free AS before
    FROM left_over
    WHERE free > 0
)
INSERT INTO deals_paymentpart (payment_id, invoice_id, amount)
SELECT id, invoice_id, least(free, unpaid - before)
FROM lined_up
WHERE before < unpaid
ON CONFLICT (payment_id, invoice_id) DO UPDATE SET amount = deals_paymentpart.amount + EXCLUDED.amount
