-- Grain: one row. Whether a client that is scored should be no more, or one that is not should be: states move between
-- the closings of months. Reads: segmentation_priorityscore, clients_standing, clients_client.
SELECT EXISTS (
           SELECT 1 FROM segmentation_priorityscore score
           JOIN clients_standing standing ON standing.client_id = score.client_id
           JOIN clients_client client ON client.id = score.client_id
           WHERE standing.life_cycle NOT IN ('new', 'active', 'zero')
              OR standing.turnover <= 0
              OR client.merged_into_id IS NOT NULL
       ) AS gone,
       EXISTS (
           SELECT 1 FROM clients_standing standing
           JOIN clients_client client ON client.id = standing.client_id
           WHERE standing.life_cycle IN ('new', 'active', 'zero')
             AND standing.turnover > 0
             AND client.merged_into_id IS NULL
             AND NOT EXISTS (
                 SELECT 1 FROM segmentation_priorityscore score WHERE score.client_id = standing.client_id
             )
       ) AS missing
