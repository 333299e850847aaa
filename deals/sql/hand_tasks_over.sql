-- Grain: one open task of a client whose owner has changed, done by the owner before.
-- Writes: deals_task.assignee_id. Parameters: client_ids, from_ids, to_ids (parallel arrays of clients and owners).
UPDATE deals_task task
SET assignee_id = moved.to_id
FROM unnest(%(client_ids)s::bigint[], %(from_ids)s::bigint[], %(to_ids)s::bigint[]) AS moved (client_id, from_id, to_id)
WHERE task.client_id = moved.client_id
  AND task.assignee_id = moved.from_id
  AND task.state = 'open'
