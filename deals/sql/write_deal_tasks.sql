-- Grain: deal, those named; only rows that change. next_task_on: the nearest open task of the deal.
-- Reads: deals_task. Writes: deals_deal.next_task_on. Parameters: deal_ids.
UPDATE deals_deal deal
SET next_task_on = fresh.due_on
FROM (
    SELECT named.deal_id,
           (
               SELECT min(task.due_on)
               FROM deals_task task
               WHERE task.deal_id = named.deal_id AND task.state = 'open'
           ) AS due_on
    FROM unnest(%(deal_ids)s::bigint[]) AS named (deal_id)
) fresh
WHERE fresh.deal_id = deal.id
  AND deal.next_task_on IS DISTINCT FROM fresh.due_on
