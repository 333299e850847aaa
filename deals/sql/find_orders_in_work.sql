-- Grain: one client with an order in work on as_of: an invoice that is paid in full or can still be paid, for goods that
-- were not shipped yet (the client's last purchase, as the night knows it, lies before the day of issue).
-- Reads: deals_invoice, clients_standing. Parameters: as_of.
SELECT DISTINCT invoice.client_id
FROM deals_invoice invoice
JOIN clients_standing standing ON standing.client_id = invoice.client_id
WHERE invoice.cancelled_at IS NULL
  AND invoice.issued_on <= %(as_of)s
  AND (
      invoice.valid_until >= %(as_of)s
      OR (
          invoice.paid >= invoice.amount
          AND (
              SELECT sum(part.amount)
              FROM deals_paymentpart part
              JOIN deals_payment payment ON payment.id = part.payment_id
              WHERE part.invoice_id = invoice.id AND payment.day <= %(as_of)s
          ) >= invoice.amount
      )
  )
  AND coalesce(standing.last_purchase_on < invoice.issued_on, true)
ORDER BY invoice.client_id
