-- Pieces from the stored results. Reads: kpi_result. Writes: kpi_piece.
-- Parameters: months, measures, employee (empty: everybody), branch (empty: all).
INSERT INTO kpi_piece
SELECT stored.month_id, stored.measure, stored.employee_id, stored.branch_id, stored.department_id, stored.client_group, stored.segment_id,
       NULL, NULL, '', stored.value
FROM kpi_result stored
WHERE stored.month_id = ANY(%(months)s::date[])
  AND stored.measure = ANY(%(measures)s::text[])
  AND (%(employee)s::bigint IS NULL OR stored.employee_id = %(employee)s::bigint)
  AND (%(branch)s::bigint IS NULL OR stored.branch_id = %(branch)s::bigint)
