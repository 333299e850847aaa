-- Grain: one part of a payment or of an invoice an import brought: what they paid is free again.
-- Reads deals_invoice, deals_payment; writes deals_paymentpart. Parameters: intake.
DELETE FROM deals_paymentpart part
WHERE part.invoice_id IN (SELECT id FROM deals_invoice WHERE intake_id = %(intake)s)
   OR part.payment_id IN (SELECT id FROM deals_payment WHERE intake_id = %(intake)s)
