-- Grain: a group of deals that is finished, by one of the deals named: the deal that follows is to be opened (R133, R134).
-- A group: the deals of one purpose of a client, or of its legal entity, where the pipeline says so. A deal is finished
-- when it is closed or past the stage its pipeline names. Of several named the last one closed (then opened) speaks.
-- A client handed over as zero has a recovery deal instead; one joined or archived none.
-- Reads: deals_deal, deals_pipeline, deals_stage, clients_client, clients_ownership, clients_standing, clients_shipment.
-- Parameters: deal_ids.
WITH finishing AS (
    SELECT deal.id, deal.client_id, deal.legal_entity_id, deal.contact_id, deal.owner_id, deal.state, deal.closed_on,
           pipeline.id AS pipeline_id, pipeline.purpose, pipeline.grouping = 'entity' AS by_entity, pipeline.is_active,
           deal.state <> 'open' OR COALESCE(stage."order" > after."order", false) AS is_finished
    FROM deals_deal deal
    JOIN deals_pipeline pipeline ON pipeline.id = deal.pipeline_id AND pipeline.opens_next
    JOIN deals_stage stage ON stage.id = deal.stage_id
    LEFT JOIN deals_stage after ON after.id = pipeline.next_after_id
    WHERE deal.client_id IN (SELECT named.client_id FROM deals_deal named WHERE named.id = ANY(%(deal_ids)s::bigint[]))
),
chosen AS (
    SELECT DISTINCT ON (one.client_id, one.purpose, CASE WHEN one.by_entity THEN one.legal_entity_id END) one.*
    FROM finishing one
    WHERE one.id = ANY(%(deal_ids)s::bigint[])
      AND one.is_finished
      AND one.is_active
      AND NOT EXISTS (
          SELECT 1
          FROM finishing other
          WHERE other.client_id = one.client_id
            AND other.purpose = one.purpose
            AND (NOT one.by_entity OR other.legal_entity_id IS NOT DISTINCT FROM one.legal_entity_id)
            AND NOT other.is_finished
      )
    ORDER BY one.client_id, one.purpose, CASE WHEN one.by_entity THEN one.legal_entity_id END,
             one.closed_on DESC NULLS LAST, one.id DESC
)
SELECT chosen.client_id, chosen.pipeline_id,
       CASE
           WHEN NOT EXISTS (SELECT 1 FROM deals_deal next WHERE next.follows_id = chosen.id) THEN chosen.id
       END AS follows_id,
       chosen.legal_entity_id, chosen.contact_id,
       CASE WHEN employee.is_active THEN chosen.owner_id ELSE ownership.owner_id END AS owner_id,
       standing.rhythm_days,
       GREATEST(
           CASE WHEN chosen.state = 'won' THEN chosen.closed_on END,
           (
               SELECT max(shipment.day)
               FROM clients_legalentity entity
               JOIN clients_shipment shipment ON shipment.legal_entity_id = entity.id
               WHERE entity.client_id = chosen.client_id
                 AND (NOT chosen.by_entity OR chosen.legal_entity_id IS NULL OR entity.id = chosen.legal_entity_id)
                 AND shipment.total > 0
           )
       ) AS shipped_on,
       (SELECT max(deal.id) FROM deals_deal deal WHERE deal.client_id = chosen.client_id) AS newest_id
FROM chosen
JOIN clients_client client ON client.id = chosen.client_id
JOIN clients_standing standing ON standing.client_id = chosen.client_id
JOIN clients_ownership ownership ON ownership.client_id = chosen.client_id AND ownership.ends_on IS NULL
JOIN staff_employee employee ON employee.id = chosen.owner_id
WHERE client.merged_into_id IS NULL
  AND standing.life_cycle <> 'archived'
  AND ownership.reason <> 'zero'
ORDER BY chosen.client_id
