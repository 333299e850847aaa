-- Grain: client, those named; only rows that change. next_task_on: the nearest open task of the client.
-- Reads: deals_task. Writes: clients_standing. Parameters: client_ids.
UPDATE clients_standing standing
SET next_task_on = fresh.due_on
FROM (
    SELECT named.client_id,
           (
               SELECT min(task.due_on)
               FROM deals_task task
               WHERE task.client_id = named.client_id AND task.state = 'open'
           ) AS due_on
    FROM clients_standing named
    WHERE named.client_id = ANY(%(client_ids)s::bigint[])
) fresh
WHERE fresh.client_id = standing.client_id
  AND standing.next_task_on IS DISTINCT FROM fresh.due_on
