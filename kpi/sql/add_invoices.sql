-- Invoices issued in the month and not cancelled; of these confirmed (paid, or the day of payment is named) and paid in
-- full in term; of the owner of the day of issue, whatever day up to as_of it came.
-- Reads: deals_invoice, deals_invoicecontact, deals_payment. Writes: kpi_fact. Parameters: month, as_of.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, summed.responsible_id, summed.client_id, counted.value
FROM (
    SELECT invoice.responsible_id,
           client.client_id,
           count(*) AS issued,
           count(*) FILTER (
               WHERE invoice.paid > 0 OR EXISTS (
                   SELECT 1 FROM deals_invoicecontact said
                   WHERE said.invoice_id = invoice.id AND said.result = 'will_pay' AND said.day <= %(as_of)s::date
               )
           ) AS confirmed,
           count(*) FILTER (WHERE invoice.paid >= invoice.amount AND money.day <= invoice.valid_until) AS in_term
    FROM deals_invoice invoice
    JOIN kpi_client client ON client.client_id = invoice.client_id
    LEFT JOIN LATERAL (
        SELECT max(payment.day) AS day
        FROM deals_paymentpart part
        JOIN deals_payment payment ON payment.id = part.payment_id
        WHERE part.invoice_id = invoice.id
    ) money ON true
    WHERE invoice.issued_on BETWEEN %(month)s::date AND %(as_of)s::date
      AND invoice.cancelled_at IS NULL
    GROUP BY invoice.responsible_id, client.client_id
) summed
CROSS JOIN LATERAL (
    VALUES ('invoices_issued', summed.issued), ('invoices_confirmed', summed.confirmed),
           ('invoices_in_term', summed.in_term)
) AS counted (measure, value)
WHERE counted.value <> 0
