-- Grain: one row per invoice that is to be worked: in force, not paid, its last day to pay not before as_of.
-- spoken_on, result, promised_on: the last contact about it. assignee_id: the client's owner, or who stands in for the
-- owner on as_of, empty when nobody can sign in. head_id: the head of client service of the branch, else the first one.
-- has_task: an open task of its contact days.
-- Reads: deals_invoice, deals_invoicecontact, deals_task, clients_client, clients_ownership, staff_employee,
-- staff_absence. Parameters: as_of, origin (what origins of the tasks begin with).
WITH heads AS (
    SELECT id, branch_id, row_number() OVER (PARTITION BY branch_id ORDER BY id) AS place
    FROM staff_employee
    WHERE role = 'csh' AND is_active
)
SELECT invoice.id AS invoice_id, invoice.number, invoice.issued_on, invoice.is_of_new, invoice.client_id,
       client.name AS client, client.branch_id,
       coalesce(away.substitute_id, owner.id) AS assignee_id,
       coalesce(near.id, (SELECT min(heads.id) FROM heads)) AS head_id,
       latest.day AS spoken_on, latest.result, latest.promised_on,
       EXISTS (
           SELECT 1
           FROM deals_task task
           WHERE task.invoice_id = invoice.id
             AND task.state = 'open'
             AND starts_with(task.origin, %(origin)s)
       ) AS has_task
FROM deals_invoice invoice
JOIN clients_client client ON client.id = invoice.client_id AND client.merged_into_id IS NULL
JOIN clients_ownership held ON held.client_id = client.id AND held.ends_on IS NULL
LEFT JOIN staff_employee owner ON owner.id = held.owner_id AND owner.is_active AND owner.role <> 'none'
LEFT JOIN LATERAL (
    SELECT absence.substitute_id
    FROM staff_absence absence
    JOIN staff_employee substitute
      ON substitute.id = absence.substitute_id AND substitute.is_active AND substitute.role <> 'none'
    WHERE absence.employee_id = held.owner_id
      AND absence.starts_on <= %(as_of)s
      AND absence.ends_on > %(as_of)s
    ORDER BY absence.id
    LIMIT 1
) away ON true
LEFT JOIN heads near ON near.branch_id = client.branch_id AND near.place = 1
LEFT JOIN LATERAL (
    SELECT contact.day, contact.result, contact.promised_on
    FROM deals_invoicecontact contact
    WHERE contact.invoice_id = invoice.id
    ORDER BY contact.day DESC, contact.id DESC
    LIMIT 1
) latest ON true
WHERE invoice.cancelled_at IS NULL
  AND invoice.paid < invoice.amount
  AND invoice.valid_until >= %(as_of)s
  AND invoice.issued_on < %(as_of)s
ORDER BY invoice.id
