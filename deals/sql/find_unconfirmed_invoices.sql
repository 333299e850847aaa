-- Grain: one potential client whose first invoice is not confirmed: nothing was paid and no contact about it says that
-- the client will pay or wants changes. The caller keeps those whose day has come.
-- First: the earliest issued of those not cancelled. A client whose owner cannot be taken from is for the night to see.
-- Reads: deals_invoice, deals_invoicecontact, clients_standing, clients_client. Parameters: as_of.
SELECT DISTINCT ON (invoice.client_id) invoice.client_id, invoice.id AS invoice_id, invoice.issued_on, client.branch_id
FROM deals_invoice invoice
JOIN clients_client client ON client.id = invoice.client_id AND client.merged_into_id IS NULL
JOIN clients_standing standing
  ON standing.client_id = invoice.client_id AND standing.life_cycle = 'potential' AND standing.purchases = 0
WHERE invoice.cancelled_at IS NULL
  AND invoice.issued_on <= %(as_of)s
  AND NOT EXISTS (
      SELECT 1
      FROM deals_invoice other
      WHERE other.client_id = invoice.client_id
        AND other.cancelled_at IS NULL
        AND (
            other.paid > 0
            OR EXISTS (
                SELECT 1
                FROM deals_invoicecontact contact
                WHERE contact.invoice_id = other.id
                  AND contact.day <= %(as_of)s
                  AND contact.result IN ('will_pay', 'changes')
            )
        )
  )
ORDER BY invoice.client_id, invoice.issued_on, invoice.id
