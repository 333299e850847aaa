-- Grain: open line without a task of which an earlier reconciliation's line says the same and has an open one: it is the
-- task of this line, too; of several the latest. Reads: deals_task. Writes: deals_reconciliationline.
-- Parameters: reconciliation.
WITH earlier AS (
    SELECT DISTINCT ON (line.kind, line.client_id, line.other_id)
        line.kind, line.client_id, line.other_id, line.task_id
    FROM deals_reconciliationline line
    JOIN deals_task task ON task.id = line.task_id
    WHERE line.reconciliation_id <> %(reconciliation)s AND task.state = 'open'
    ORDER BY line.kind, line.client_id, line.other_id, line.reconciliation_id DESC
)
UPDATE deals_reconciliationline line
SET task_id = earlier.task_id
FROM earlier
WHERE line.reconciliation_id = %(reconciliation)s
  AND line.task_id IS NULL
  AND line.settled_on IS NULL
  AND line.kind = earlier.kind
  AND line.client_id = earlier.client_id
  AND line.other_id IS NOT DISTINCT FROM earlier.other_id
