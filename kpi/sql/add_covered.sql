-- Clients in work (as add_clients counts them) with a contact that counts in [its term before the month's end, as_of]:
-- a term of one month is the month itself. Reads: kpi_fact (clients), clients_communication. Writes: kpi_fact.
-- Parameters: as_of, next_month, top_months, new_months, shop_months, other_months.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT 'covered', base.employee_id, base.client_id, 1
FROM kpi_fact base
JOIN kpi_client client ON client.client_id = base.client_id
WHERE base.measure = 'clients'
  AND EXISTS (
      SELECT 1
      FROM clients_communication entry
      JOIN clients_communicationresult result ON result.id = entry.result_id
      WHERE entry.client_id = base.client_id
        AND entry.day <= %(as_of)s::date
        AND entry.day >= %(next_month)s::date - make_interval(months => CASE client.client_group
            WHEN 'top' THEN %(top_months)s::int
            WHEN 'new' THEN %(new_months)s::int
            WHEN 'shops' THEN %(shop_months)s::int
            ELSE %(other_months)s::int
        END)
        AND entry.is_two_way
        AND result.counts
        AND NOT EXISTS (SELECT 1 FROM clients_communication later WHERE later.corrects_id = entry.id)
  )
