-- Grain: month, person and day; only rows that change.
-- Reads: kpi_document. Writes: kpi_dayresult. Parameters: month.
WITH fresh AS (
    SELECT document.employee_id, person.branch_id, person.department_id, document.day, sum(document.total) AS value
    FROM kpi_document document
    JOIN staff_employee person ON person.id = document.employee_id
    GROUP BY document.employee_id, person.branch_id, person.department_id, document.day
    HAVING sum(document.total) <> 0
),
gone AS (
    DELETE FROM kpi_dayresult stored
    WHERE stored.month_id = %(month)s
      AND NOT EXISTS (
          SELECT 1 FROM fresh WHERE fresh.employee_id = stored.employee_id AND fresh.day = stored.day
      )
    RETURNING 1
)
INSERT INTO kpi_dayresult AS stored (month_id, employee_id, branch_id, department_id, day, value)
SELECT %(month)s, employee_id, branch_id, department_id, day, value FROM fresh
ON CONFLICT (month_id, employee_id, day) DO UPDATE SET value = excluded.value, branch_id = excluded.branch_id,
              department_id = excluded.department_id
WHERE (stored.value, stored.branch_id, stored.department_id)
      IS DISTINCT FROM (excluded.value, excluded.branch_id, excluded.department_id)
