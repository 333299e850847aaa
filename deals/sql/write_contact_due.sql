-- Grain: client, those named; only rows that change. contact_due_on: the last day of the term as reckoned
-- for its branch, norm and first day; none without a term. Reads: clients_client. Writes: clients_standing.
-- Parameters: client_ids; branches, months, days, by_calendar, starts, dues (parallel arrays, one per term).
UPDATE clients_standing standing
SET contact_due_on = term.due_on
FROM clients_standing named
JOIN clients_client client ON client.id = named.client_id
LEFT JOIN unnest(
    %(branches)s::bigint[], %(months)s::int[], %(days)s::int[], %(by_calendar)s::boolean[], %(starts)s::date[],
    %(dues)s::date[]
) AS term (branch_id, months, days, by_calendar, start_on, due_on)
  ON term.branch_id = client.branch_id
 AND term.start_on = named.contact_from
 AND term.months = coalesce(named.contact_months, 0)
 AND term.days = coalesce(named.contact_days, 0)
 AND term.by_calendar = named.contact_by_calendar
WHERE named.client_id = standing.client_id
  AND named.client_id = ANY(%(client_ids)s::bigint[])
  AND standing.contact_due_on IS DISTINCT FROM term.due_on
