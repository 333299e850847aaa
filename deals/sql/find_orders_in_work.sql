-- Grain: one client with an order in work on as_of: an invoice that is paid in full or can still be paid, for goods that
-- were not shipped yet (the client's last purchase, as the night knows it, lies before the day of issue), or an open
-- shipment deal that has come to a stage past the offer by then.
-- Reads: deals_invoice, deals_paymentpart, deals_payment, clients_standing, deals_deal, deals_stage, deals_pipeline.
-- Parameters: as_of.
SELECT invoice.client_id
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
UNION
SELECT deal.client_id
FROM deals_deal deal
JOIN deals_stage stage ON stage.id = deal.stage_id
JOIN deals_pipeline pipeline ON pipeline.id = deal.pipeline_id
WHERE deal.state = 'open'
  AND stage.is_past_offer
  AND pipeline.purpose = 'shipment'
  AND deal.entered_stage_on <= %(as_of)s
ORDER BY client_id
