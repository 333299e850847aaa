-- Tasks done in the month; due in it up to as_of; of these done in term and overdue (a task due on as_of is not yet).
-- Of the assignee. Reads: deals_task. Writes: kpi_fact. Parameters: month, as_of, zone (the company's time zone).
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, summed.assignee_id, summed.client_id, counted.value
FROM (
    SELECT task.assignee_id,
           client.client_id,
           count(*) FILTER (WHERE task.state = 'done' AND task.closed_day >= %(month)s::date) AS done,
           count(*) FILTER (WHERE task.is_due) AS due,
           count(*) FILTER (WHERE task.is_due AND task.state = 'done' AND task.closed_day <= task.due_on) AS in_term,
           count(*) FILTER (
               WHERE task.is_due AND task.due_on < coalesce(task.closed_day, %(as_of)s::date)
           ) AS overdue
    FROM (
        SELECT one.assignee_id, one.client_id, one.due_on,
               CASE WHEN closed.day <= %(as_of)s::date THEN one.state ELSE 'open' END AS state,
               CASE WHEN closed.day <= %(as_of)s::date THEN closed.day END AS closed_day,
               one.due_on BETWEEN %(month)s::date AND %(as_of)s::date
               AND NOT (one.state = 'cancelled') AS is_due
        FROM deals_task one
        CROSS JOIN LATERAL (SELECT (one.closed_at AT TIME ZONE %(zone)s)::date AS day) closed
        WHERE one.due_on BETWEEN %(month)s::date AND %(as_of)s::date
           OR (one.closed_at >= %(month)s::date AT TIME ZONE %(zone)s
               AND one.closed_at < (%(as_of)s::date + 1) AT TIME ZONE %(zone)s)
    ) task
    LEFT JOIN kpi_client client ON client.client_id = task.client_id
    GROUP BY task.assignee_id, client.client_id
) summed
CROSS JOIN LATERAL (
    VALUES ('tasks_done', summed.done), ('tasks_due', summed.due), ('tasks_in_term', summed.in_term),
           ('tasks_overdue', summed.overdue)
) AS counted (measure, value)
WHERE counted.value <> 0
