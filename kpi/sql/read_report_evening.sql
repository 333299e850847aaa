-- Grain: code and person; what was so on the evening of the last day of a span, and who went zero in it.
-- tasks_late: due by that day, neither done nor cancelled then; invoices_unpaid: issued before that day and not paid in
-- full by its end; went_zero: the night of one of the days found the client zero; of the owner of the last day.
-- Reads: deals_task, deals_invoice, deals_payment, segmentation_statuschange, clients_ownership.
-- Parameters: start, end, zone (the company's time zone).
SELECT 'tasks_late' AS measure, task.assignee_id AS employee, count(*) AS value
FROM deals_task task
WHERE task.due_on <= %(end)s::date
  AND task.created_at < (%(end)s::date + 1) AT TIME ZONE %(zone)s
  AND (task.closed_at IS NULL OR task.closed_at >= (%(end)s::date + 1) AT TIME ZONE %(zone)s)
GROUP BY task.assignee_id
UNION ALL
SELECT 'invoices_unpaid', invoice.responsible_id, count(*)
FROM deals_invoice invoice
WHERE invoice.issued_on < %(end)s::date
  AND (invoice.cancelled_at IS NULL OR invoice.cancelled_at >= (%(end)s::date + 1) AT TIME ZONE %(zone)s)
  AND invoice.amount > coalesce((
      SELECT sum(part.amount)
      FROM deals_paymentpart part
      JOIN deals_payment payment ON payment.id = part.payment_id AND payment.day <= %(end)s::date
      WHERE part.invoice_id = invoice.id
  ), 0)
GROUP BY invoice.responsible_id
UNION ALL
SELECT 'went_zero', owner.owner_id, count(DISTINCT change.client_id)
FROM segmentation_statuschange change
JOIN clients_ownership owner
  ON owner.client_id = change.client_id
 AND owner.starts_on <= %(end)s::date
 AND (owner.ends_on IS NULL OR owner.ends_on > %(end)s::date)
WHERE change.after = 'zero'
  AND change.as_of BETWEEN %(start)s::date AND %(end)s::date
GROUP BY owner.owner_id
