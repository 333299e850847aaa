-- Grain: month, person, client group and direction; only rows that change.
-- Reads: kpi_direction. Writes: kpi_directionresult. Parameters: month.
WITH fresh AS (
    SELECT fact.employee_id, person.branch_id, person.department_id, fact.client_group, fact.direction_id, sum(fact.value) AS value
    FROM kpi_direction fact
    JOIN staff_employee person ON person.id = fact.employee_id
    GROUP BY fact.employee_id, person.branch_id, person.department_id, fact.client_group, fact.direction_id
    HAVING sum(fact.value) <> 0
),
gone AS (
    DELETE FROM kpi_directionresult stored
    WHERE stored.month_id = %(month)s
      AND NOT EXISTS (
          SELECT 1 FROM fresh
          WHERE fresh.employee_id = stored.employee_id
            AND fresh.client_group = stored.client_group
            AND fresh.direction_id IS NOT DISTINCT FROM stored.direction_id
      )
    RETURNING 1
)
INSERT INTO kpi_directionresult AS stored (month_id, employee_id, branch_id, department_id, client_group, direction_id, value)
SELECT %(month)s, employee_id, branch_id, department_id, client_group, direction_id, value FROM fresh
ON CONFLICT (month_id, employee_id, client_group, direction_id)
DO UPDATE SET value = excluded.value, branch_id = excluded.branch_id,
              department_id = excluded.department_id
WHERE (stored.value, stored.branch_id, stored.department_id)
      IS DISTINCT FROM (excluded.value, excluded.branch_id, excluded.department_id)
