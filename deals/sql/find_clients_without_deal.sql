-- Grain: a client without the open deal its state asks for (R135): a shipment deal for new, active and zero ones; a
-- recovery deal in its place once it was handed over as zero, and for lost ones. Archived and joined ones need none.
-- Reads: clients_client, clients_standing, clients_ownership, deals_deal, deals_pipeline, clients_shipment.
-- Parameters: everybody, client_ids.
WITH asked AS (
    SELECT client.id AS client_id, client.segment_id, ownership.owner_id, standing.rhythm_days,
           standing.last_purchase_on AS shipped_on,
           CASE WHEN ownership.reason = 'zero' OR standing.life_cycle = 'lost' THEN 'recovery' ELSE 'shipment' END
               AS purpose
    FROM clients_client client
    JOIN clients_standing standing ON standing.client_id = client.id
    JOIN clients_ownership ownership ON ownership.client_id = client.id AND ownership.ends_on IS NULL
    WHERE client.merged_into_id IS NULL
      AND standing.life_cycle IN ('new', 'active', 'zero', 'lost')
      AND (%(everybody)s OR client.id = ANY(%(client_ids)s::bigint[]))
)
SELECT asked.client_id, asked.purpose, asked.segment_id, asked.owner_id, asked.rhythm_days, asked.shipped_on,
       COALESCE((SELECT max(deal.id) FROM deals_deal deal WHERE deal.client_id = asked.client_id), 0) AS newest_id
FROM asked
WHERE EXISTS (SELECT 1 FROM deals_pipeline pipeline WHERE pipeline.purpose = asked.purpose AND pipeline.is_active)
  AND NOT EXISTS (
    SELECT 1
    FROM deals_deal deal
    JOIN deals_pipeline pipeline ON pipeline.id = deal.pipeline_id
    WHERE deal.client_id = asked.client_id AND deal.state = 'open' AND pipeline.purpose = asked.purpose
)
ORDER BY asked.client_id
