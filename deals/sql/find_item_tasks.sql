-- Grain: an open deal named × a line of its stage's checklist that is a task of a post (R142), not set today nor open yet.
-- Who: of the post's working people the one in the client's branch, else any, with the fewest open tasks; nobody there:
-- the deal's owner. Reads: deals_deal, deals_stageitem, deals_task, clients_client, staff_employee.
-- Parameters: deal_ids, as_of, origin (what the origins of such tasks begin with).
SELECT deal.id AS deal_id, deal.client_id, client.branch_id, item.id AS item_id, item.name,
       coalesce(doer.id, deal.owner_id) AS assignee_id
FROM deals_deal deal
JOIN clients_client client ON client.id = deal.client_id
JOIN deals_stageitem item ON item.stage_id = deal.stage_id AND item.is_active AND item.position_id IS NOT NULL
LEFT JOIN LATERAL (
    SELECT person.id
    FROM staff_employee person
    WHERE person.position_id = item.position_id AND person.is_active
    ORDER BY person.branch_id <> client.branch_id,
             (SELECT count(*) FROM deals_task load WHERE load.assignee_id = person.id AND load.state = 'open'),
             person.id
    LIMIT 1
) doer ON true
WHERE deal.state = 'open'
  AND deal.id = ANY(%(deal_ids)s::bigint[])
  AND NOT EXISTS (
      SELECT 1 FROM deals_task task
      WHERE task.deal_id = deal.id
        AND task.origin = %(origin)s || item.id::text
        AND (task.state = 'open' OR task.origin_as_of = %(as_of)s)
  )
ORDER BY deal.id, item.order, item.id
