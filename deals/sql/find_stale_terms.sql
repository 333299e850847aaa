-- Grain: client whose last day of the running term in Standing is not the one reckoned for branch, norm and first day.
-- Reads: clients_standing, clients_client.
-- Parameters: branches, months, days, by_calendar, starts, dues (parallel arrays, one per term).
SELECT standing.client_id
FROM clients_standing standing
JOIN clients_client client ON client.id = standing.client_id
LEFT JOIN unnest(
    %(branches)s::bigint[], %(months)s::int[], %(days)s::int[], %(by_calendar)s::boolean[], %(starts)s::date[],
    %(dues)s::date[]
) AS term (branch_id, months, days, by_calendar, start_on, due_on)
  ON term.branch_id = client.branch_id
 AND term.start_on = standing.contact_from
 AND term.months = coalesce(standing.contact_months, 0)
 AND term.days = coalesce(standing.contact_days, 0)
 AND term.by_calendar = standing.contact_by_calendar
WHERE standing.contact_due_on IS DISTINCT FROM term.due_on
