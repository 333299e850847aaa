-- Pieces of a month's turnover by direction and client, from lines of documents. Branch and department are those the
-- month's results are stored under; of a person without a result of the month, the person's own.
-- Reads: kpi_direction, kpi_client, kpi_result, staff_employee, clients_client. Writes: kpi_piece.
-- Parameters: month, employee (empty: everybody), branch (empty: all).
INSERT INTO kpi_piece
SELECT %(month)s::date, 'turnover', fact.employee_id, place.branch_id, place.department_id,
       coalesce(client.client_group, 'none'), client.segment_id, fact.direction_id, client.client_id,
       coalesce(card.region, ''), fact.value
FROM kpi_direction fact
JOIN (
    SELECT person.id,
           coalesce(stored.branch_id, person.branch_id) AS branch_id,
           CASE WHEN stored.branch_id IS NULL THEN person.department_id ELSE stored.department_id END AS department_id
    FROM staff_employee person
    LEFT JOIN (
        SELECT result.employee_id, max(result.branch_id) AS branch_id,
               max(result.department_id) AS department_id
        FROM kpi_result result
        WHERE result.month_id = %(month)s::date
        GROUP BY result.employee_id
    ) stored ON stored.employee_id = person.id
) place ON place.id = fact.employee_id
LEFT JOIN kpi_client client ON client.client_id = fact.client_id
LEFT JOIN clients_client card ON card.id = client.client_id
WHERE (%(employee)s::bigint IS NULL OR fact.employee_id = %(employee)s::bigint)
  AND (%(branch)s::bigint IS NULL OR place.branch_id = %(branch)s::bigint)
