-- Grain: client whose last contact, first day of the running term or nearest task in Standing differ from what entries
-- and tasks say; in a quiet night nobody. The meaning of the columns is in write_last_contacts and write_next_tasks.
-- Reads: clients_standing, clients_communication, clients_communicationresult, deals_task. No parameters.
SELECT standing.client_id
FROM clients_standing standing
LEFT JOIN (
    SELECT entry.client_id,
           max(entry.day) FILTER (WHERE entry.is_two_way AND result.counts) AS counted_on,
           max(entry.day) FILTER (WHERE entry.kind IN ('call', 'meeting', 'video')) AS tried_on
    FROM clients_communication entry
    LEFT JOIN clients_communicationresult result ON result.id = entry.result_id
    WHERE NOT EXISTS (SELECT 1 FROM clients_communication later WHERE later.corrects_id = entry.id)
    GROUP BY entry.client_id
) said ON said.client_id = standing.client_id
LEFT JOIN (
    SELECT task.client_id, min(task.due_on) AS due_on
    FROM deals_task task
    WHERE task.state = 'open' AND task.client_id IS NOT NULL
    GROUP BY task.client_id
) planned ON planned.client_id = standing.client_id
WHERE (standing.last_contact_on, standing.contact_from, standing.next_task_on)
      IS DISTINCT FROM (
          said.counted_on,
          CASE
              WHEN standing.contact_months IS NOT NULL THEN coalesce(said.counted_on, standing.contact_since)
              WHEN standing.contact_days IS NOT NULL THEN greatest(said.tried_on, standing.contact_since)
          END,
          planned.due_on
      )
