-- Grain: line that gets its task, as the lists say pair by pair. Writes: deals_reconciliationline.
-- Parameters: lines, tasks (parallel).
UPDATE deals_reconciliationline line
SET task_id = given.task_id
FROM unnest(%(lines)s::bigint[], %(tasks)s::bigint[]) AS given (line_id, task_id)
WHERE line.id = given.line_id
