-- Grain: an open deal without an open task, in a pipeline that asks for one (R136): what its next task is set from.
-- Reads: deals_deal, deals_task, deals_pipeline, deals_stage, clients_client. Parameters: everybody, deal_ids.
SELECT deal.id AS deal_id, deal.client_id, deal.owner_id, deal.title, client.branch_id,
       stage.task_kind, stage.task_title, stage.task_days,
       CASE WHEN deal.origin <> '' THEN deal.expected_on END AS expected_on,
       (SELECT count(*) FROM deals_task task WHERE task.deal_id = deal.id) AS tasks
FROM deals_deal deal
JOIN deals_pipeline pipeline ON pipeline.id = deal.pipeline_id
JOIN deals_stage stage ON stage.id = deal.stage_id
JOIN clients_client client ON client.id = deal.client_id
WHERE deal.state = 'open'
  AND pipeline.asks_task
  AND (%(everybody)s OR deal.id = ANY(%(deal_ids)s::bigint[]))
  AND NOT EXISTS (SELECT 1 FROM deals_task task WHERE task.deal_id = deal.id AND task.state = 'open')
ORDER BY deal.id
