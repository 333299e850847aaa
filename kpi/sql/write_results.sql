-- Grain: month, measure, person, client group and type: the stored results of the month become the facts, only rows that
-- change are written. `measures`: those that were counted; others stay as they are. What is gone is looked up in one
-- hash (NOT IN of columns that are never empty): a work table has no statistics the planner could trust.
-- Reads: kpi_fact, kpi_client, staff_employee. Writes: kpi_result. Parameters: month, measures.
WITH fresh AS (
    SELECT fact.measure,
           fact.employee_id,
           person.branch_id,
           person.department_id,
           coalesce(client.client_group, 'none') AS client_group,
           client.segment_id,
           sum(fact.value) AS value
    FROM kpi_fact fact
    JOIN staff_employee person ON person.id = fact.employee_id
    LEFT JOIN kpi_client client ON client.client_id = fact.client_id
    GROUP BY fact.measure, fact.employee_id, person.branch_id, person.department_id,
             coalesce(client.client_group, 'none'), client.segment_id
    HAVING sum(fact.value) <> 0
),
gone AS (
    DELETE FROM kpi_result stored
    WHERE stored.month_id = %(month)s
      AND stored.measure = ANY(%(measures)s::text[])
      AND (stored.measure, stored.employee_id, stored.client_group, coalesce(stored.segment_id, 0)) NOT IN (
          SELECT fresh.measure, fresh.employee_id, fresh.client_group, coalesce(fresh.segment_id, 0) FROM fresh
      )
    RETURNING 1
)
INSERT INTO kpi_result AS stored (
    month_id, measure, employee_id, branch_id, department_id, client_group, segment_id, value
)
SELECT %(month)s, measure, employee_id, branch_id, department_id, client_group, segment_id, value FROM fresh
ON CONFLICT (month_id, measure, employee_id, client_group, segment_id)
DO UPDATE SET value = excluded.value, branch_id = excluded.branch_id,
              department_id = excluded.department_id
WHERE (stored.value, stored.branch_id, stored.department_id)
      IS DISTINCT FROM (excluded.value, excluded.branch_id, excluded.department_id)
