-- Grain: one row: what changes when people's work that is measured changes; each figure is the end of an index.
-- `fell_due`: tasks open on a day that has passed since `after` become overdue by the calendar alone.
-- Parameters: after (empty: never), as_of.
SELECT (SELECT max(pgh_id) FROM clients_ownershipevent) AS owners,
       (SELECT max(pgh_id) FROM clients_clientevent) AS clients,
       (SELECT max(pgh_id) FROM staff_employeeevent) AS people,
       (SELECT max(id) FROM clients_communication) AS contacts,
       (SELECT max(pgh_id) FROM deals_taskevent) AS tasks,
       (SELECT max(pgh_id) FROM deals_dealevent) AS deals,
       (SELECT max(id) FROM deals_stageentry) AS moves,
       (SELECT max(pgh_id) FROM deals_invoiceevent) AS invoices,
       (SELECT max(id) FROM deals_invoicecontact) AS invoice_contacts,
       (SELECT max(pgh_id) FROM deals_leadevent) AS leads,
       (SELECT max(id) FROM clients_completenesswrite) AS completeness,
       coalesce((
           SELECT max(task.id) FROM deals_task task
           WHERE task.state = 'open' AND task.due_on BETWEEN %(after)s::date AND %(as_of)s::date
       ), 0) AS fell_due
