-- Grain: an open shipment deal and the shipment that completes it (R133). Of a client the oldest document not used yet
-- completes the oldest open deal, the next the next: of that legal entity where the deal names one; of a day not before
-- the deal was opened, after a shipment deal it follows: later than that one's end. A document completes one deal.
-- Reads: deals_deal, deals_pipeline, clients_legalentity, clients_shipment. Parameters: since (older ones are history).
WITH fitting AS (
    SELECT deal.id AS deal_id, deal.client_id, deal.opened_on, shipment.id AS shipment_id, shipment.day,
           shipment.total, shipment.number
    FROM deals_deal deal
    JOIN deals_pipeline pipeline ON pipeline.id = deal.pipeline_id AND pipeline.purpose = 'shipment'
    LEFT JOIN (
        deals_deal before JOIN deals_pipeline earlier ON earlier.id = before.pipeline_id AND earlier.purpose = 'shipment'
    ) ON before.id = deal.follows_id
    JOIN clients_legalentity entity ON entity.client_id = deal.client_id
    JOIN clients_shipment shipment ON shipment.legal_entity_id = entity.id
    WHERE deal.state = 'open'
      AND (deal.legal_entity_id IS NULL OR deal.legal_entity_id = entity.id)
      AND shipment.total > 0
      AND shipment.day >= %(since)s
      AND shipment.day >= COALESCE(before.closed_on + 1, deal.opened_on)
      AND NOT EXISTS (SELECT 1 FROM deals_deal used WHERE used.shipment_id = shipment.id)
),
placed AS (
    SELECT fitting.*,
           dense_rank() OVER (PARTITION BY client_id ORDER BY opened_on, deal_id) AS deal_place,
           dense_rank() OVER (PARTITION BY client_id ORDER BY day, shipment_id) AS shipment_place
    FROM fitting
)
SELECT deal_id, shipment_id, day, total, number
FROM placed
WHERE deal_place = shipment_place
ORDER BY deal_id
