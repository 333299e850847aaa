-- Special and marketing tasks whose period has begun and ends in the month: given, and of these done up to as_of. What a
-- cancelling dropped was not given, what a closing dropped was. Of the assignee. Reads: deals_specialtaskline,
-- deals_specialtask, deals_task, kpi_client. Writes: kpi_fact. Parameters: month, as_of, zone (the company's time zone).
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, summed.assignee_id, summed.client_id, counted.value
FROM (
    SELECT task.assignee_id,
           client.client_id,
           count(*) AS given,
           count(*) FILTER (
               WHERE task.state = 'done' AND (task.closed_at AT TIME ZONE %(zone)s)::date <= %(as_of)s::date
           ) AS done
    FROM deals_specialtask special
    JOIN deals_specialtaskline line ON line.special_task_id = special.id
    JOIN deals_task task ON task.id = line.task_id
    LEFT JOIN kpi_client client ON client.client_id = task.client_id
    WHERE special.ends_on >= %(month)s::date
      AND special.ends_on < (%(month)s::date + interval '1 month')
      AND special.starts_on <= %(as_of)s::date
      AND (task.state <> 'cancelled' OR (special.state = 'closed' AND task.closed_at = special.closed_at))
    GROUP BY task.assignee_id, client.client_id
) summed
CROSS JOIN LATERAL (VALUES ('special_tasks', summed.given), ('special_tasks_done', summed.done)) AS counted (measure, value)
WHERE counted.value <> 0
