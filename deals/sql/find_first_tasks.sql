-- Grain: an open deal named, in a stage that sets its first task (R137): what it is set from.
-- Reads: deals_deal, deals_task, deals_pipeline, deals_stage, clients_client. Parameters: deal_ids.
SELECT deal.id AS deal_id, deal.client_id, deal.owner_id, deal.title, client.branch_id,
       stage.task_kind, stage.task_title, stage.task_days,
       CASE WHEN deal.origin <> '' THEN deal.expected_on END AS expected_on,
       (SELECT count(*) FROM deals_task task WHERE task.deal_id = deal.id) AS tasks
FROM deals_deal deal
JOIN deals_pipeline pipeline ON pipeline.id = deal.pipeline_id
JOIN deals_stage stage ON stage.id = deal.stage_id
JOIN clients_client client ON client.id = deal.client_id
WHERE deal.state = 'open'
  AND pipeline.sets_tasks
  AND stage.task_title <> ''
  AND deal.id = ANY(%(deal_ids)s::bigint[])
ORDER BY deal.id
