-- Pieces of turnover by direction from the stored results. Reads: kpi_directionresult. Writes: kpi_piece.
-- Parameters: months, employee (empty: everybody), branch (empty: all).
INSERT INTO kpi_piece
SELECT stored.month_id, 'turnover', stored.employee_id, stored.branch_id, stored.department_id, stored.client_group, NULL,
       stored.direction_id, NULL, '', stored.value
FROM kpi_directionresult stored
WHERE stored.month_id = ANY(%(months)s::date[])
  AND (%(employee)s::bigint IS NULL OR stored.employee_id = %(employee)s::bigint)
  AND (%(branch)s::bigint IS NULL OR stored.branch_id = %(branch)s::bigint)
