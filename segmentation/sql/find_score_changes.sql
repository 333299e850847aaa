-- Grain: one row. Whether a client that is scored should be no more, or one that is not should be, of those whose status
-- moved from a night on: between the closings of months nothing else changes who is scored.
-- Reads: segmentation_statuschange, segmentation_priorityscore, clients_standing, clients_client. Parameters: after.
WITH moved AS (
    SELECT DISTINCT client_id FROM segmentation_statuschange WHERE as_of >= %(after)s::date
)
SELECT EXISTS (
           SELECT 1 FROM moved
           JOIN segmentation_priorityscore score ON score.client_id = moved.client_id
           JOIN clients_standing standing ON standing.client_id = moved.client_id
           WHERE standing.life_cycle NOT IN ('new', 'active', 'zero')
       ) AS gone,
       EXISTS (
           SELECT 1 FROM moved
           JOIN clients_standing standing ON standing.client_id = moved.client_id
           JOIN clients_client client ON client.id = moved.client_id
           WHERE standing.life_cycle IN ('new', 'active', 'zero')
             AND standing.turnover > 0
             AND client.merged_into_id IS NULL
             AND NOT EXISTS (
                 SELECT 1 FROM segmentation_priorityscore score WHERE score.client_id = moved.client_id
             )
       ) AS missing
