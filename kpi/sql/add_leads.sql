-- Leads received in the month without spam and doubles, and those contacted in time; of who answers for them. Leads that
-- nobody has are nobody's. Reads: deals_lead. Writes: kpi_fact. Parameters: month, as_of, zone.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, summed.responsible_id, NULL, counted.value
FROM (
    SELECT lead.responsible_id,
           count(*) AS received,
           count(*) FILTER (WHERE lead.first_contacted_at <= lead.first_contact_due_at) AS in_term
    FROM deals_lead lead
    WHERE lead.created_at >= %(month)s::date AT TIME ZONE %(zone)s
      AND lead.created_at < (%(as_of)s::date + 1) AT TIME ZONE %(zone)s
      AND lead.responsible_id IS NOT NULL
      AND lead.close_reason NOT IN ('spam', 'duplicate')
    GROUP BY lead.responsible_id
) summed
CROSS JOIN LATERAL (
    VALUES ('leads', summed.received), ('leads_in_term', summed.in_term)
) AS counted (measure, value)
WHERE counted.value <> 0
