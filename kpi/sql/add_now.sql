-- What is true now: open deals and those with a task, of who answers for them; clients in work and those whose card is
-- complete enough, of the owner. Reads: deals_deal, clients_standing, kpi_client. Writes: kpi_fact.
-- Parameters: top_pass, other_pass (per cent).
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, counted.employee_id, counted.client_id, count(*)
FROM (
    SELECT kind.measure, deal.owner_id AS employee_id, deal.client_id
    FROM deals_deal deal
    JOIN kpi_client client ON client.client_id = deal.client_id
    CROSS JOIN LATERAL (VALUES ('deals_open'), ('deals_with_task')) AS kind (measure)
    WHERE deal.state = 'open'
      AND (kind.measure = 'deals_open' OR deal.next_task_on IS NOT NULL)
    UNION ALL
    SELECT kind.measure, client.last_owner_id, client.client_id
    FROM kpi_client client
    JOIN clients_standing standing ON standing.client_id = client.client_id
    CROSS JOIN LATERAL (VALUES ('cards'), ('cards_complete')) AS kind (measure)
    WHERE standing.life_cycle IN ('new', 'active', 'zero')
      AND standing.completeness IS NOT NULL
      AND (kind.measure = 'cards'
           OR standing.completeness >= CASE WHEN standing.top THEN %(top_pass)s ELSE %(other_pass)s END)
) counted
GROUP BY counted.measure, counted.employee_id, counted.client_id
