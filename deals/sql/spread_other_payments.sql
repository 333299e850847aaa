-- Grain: one part per payment and invoice of a legal entity: payments that name no invoice we know pay its oldest ones.
-- Both are laid along one line of money, oldest first; a part is where a payment and an invoice overlap.
-- Reads: deals_payment, deals_paymentpart, deals_invoice. Writes: deals_paymentpart. Parameters: client_ids.
WITH free AS (
    SELECT payment.id, payment.legal_entity_id, payment.day,
           payment.amount - coalesce(
               (SELECT sum(part.amount) FROM deals_paymentpart part WHERE part.payment_id = payment.id), 0
           ) AS amount
    FROM deals_payment payment
    WHERE payment.client_id = ANY(%(client_ids)s::bigint[])
      AND NOT EXISTS (
          SELECT 1
          FROM deals_invoice named
          WHERE payment.invoice_number <> ''
            AND named.client_id = payment.client_id
            AND named.number = payment.invoice_number
      )
),
payments AS (
    SELECT id, legal_entity_id, sum(amount) OVER line AS upto, sum(amount) OVER line - amount AS since
    FROM free
    WHERE amount > 0
    WINDOW line AS (PARTITION BY legal_entity_id ORDER BY day, id)
),
invoices AS (
    SELECT id, legal_entity_id, sum(amount - paid) OVER line AS upto, sum(amount - paid) OVER line - (amount - paid) AS since
    FROM deals_invoice
    WHERE client_id = ANY(%(client_ids)s::bigint[])
      AND cancelled_at IS NULL
      AND paid < amount
    WINDOW line AS (PARTITION BY legal_entity_id ORDER BY issued_on, id)
)
INSERT INTO deals_paymentpart (payment_id, invoice_id, amount)
SELECT payments.id, invoices.id, least(payments.upto, invoices.upto) - greatest(payments.since, invoices.since)
FROM payments
JOIN invoices
  ON invoices.legal_entity_id = payments.legal_entity_id
 AND invoices.since < payments.upto
 AND payments.since < invoices.upto
ON CONFLICT (payment_id, invoice_id) DO UPDATE SET amount = deals_paymentpart.amount + EXCLUDED.amount
