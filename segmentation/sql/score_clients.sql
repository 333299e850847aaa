-- Grain: one row per scored client; the temporary table night_priority. Scored is who is new, active or zero, was not
-- joined into another client and has net turnover above zero in the window. Points run from 0 to 100.
-- Reads: clients_client, clients_standing, clients_segment, clients_legalentity, segmentation_categoryturnover.
-- Parameters: window_start, window_end, value_weight, growth_weight, regularity_weight, potential_weight, kind_weight,
-- growth_full, categories (ids), all_goods. Equal turnover gives equal points.
--   value: share of the other scored clients with a smaller turnover.
--   growth: from -growth_full (0) through no change (50) to +growth_full (100); 50 without turnover the window before.
--   regularity: X 100, Y 50.   kind: first priority of the type 100, second 50.
--   potential: what is missing to the average turnover of strategic goods of a buyer of the type; 0 where the type has
--   fewer than five buyers of them.
CREATE TEMPORARY TABLE night_priority ON COMMIT DROP AS
WITH scored AS (
    SELECT client.id AS client_id,
           client.segment_id,
           standing.turnover,
           standing.turnover_before,
           standing.xyz,
           segment.priority AS type_priority
    FROM clients_client client
    JOIN clients_standing standing ON standing.client_id = client.id
    LEFT JOIN clients_segment segment ON segment.id = client.segment_id
    WHERE client.merged_into_id IS NULL
      AND standing.life_cycle IN ('new', 'active', 'zero')
      AND standing.turnover > 0
),
placed AS (
    SELECT client_id,
           (rank() OVER (ORDER BY turnover) - 1)::numeric / greatest(count(*) OVER () - 1, 1) AS place
    FROM scored
),
strategic AS (
    SELECT entity.client_id, sum(stored.amount) AS amount
    FROM segmentation_categoryturnover stored
    JOIN clients_legalentity entity ON entity.id = stored.legal_entity_id
    WHERE stored.month >= %(window_start)s
      AND stored.month < %(window_end)s
      AND stored.category_id IS NOT NULL
      AND (%(all_goods)s OR stored.category_id = ANY(%(categories)s::bigint[]))
    GROUP BY entity.client_id
    HAVING sum(stored.amount) > 0
),
of_type AS (
    SELECT scored.segment_id, avg(strategic.amount) AS usual
    FROM scored
    JOIN strategic ON strategic.client_id = scored.client_id
    WHERE scored.segment_id IS NOT NULL
    GROUP BY scored.segment_id
    HAVING count(*) >= 5
),
points AS (
    SELECT scored.client_id,
           scored.turnover,
           scored.turnover_before,
           scored.xyz,
           scored.type_priority,
           coalesce(strategic.amount, 0) AS own,
           round(of_type.usual, 4) AS usual,
           round(100 * placed.place, 2) AS value,
           CASE
               WHEN scored.turnover_before > 0 THEN round(
                   100 * least(greatest(
                       (scored.turnover / scored.turnover_before - 1 + %(growth_full)s) / (2 * %(growth_full)s), 0), 1),
                   2)
               ELSE 50
           END AS growth,
           CASE scored.xyz WHEN 'X' THEN 100 WHEN 'Y' THEN 50 ELSE 0 END AS regularity,
           CASE
               WHEN of_type.usual IS NULL THEN 0
               ELSE round(100 * greatest(1 - coalesce(strategic.amount, 0) / of_type.usual, 0), 2)
           END AS potential,
           CASE scored.type_priority WHEN 1 THEN 100 WHEN 2 THEN 50 ELSE 0 END AS kind
    FROM scored
    JOIN placed ON placed.client_id = scored.client_id
    LEFT JOIN strategic ON strategic.client_id = scored.client_id
    LEFT JOIN of_type ON of_type.segment_id = scored.segment_id
)
SELECT points.*,
       round(
           (%(value_weight)s * value + %(growth_weight)s * growth + %(regularity_weight)s * regularity
            + %(potential_weight)s * potential + %(kind_weight)s * kind)
           / (%(value_weight)s + %(growth_weight)s + %(regularity_weight)s + %(potential_weight)s + %(kind_weight)s
              )::numeric,
           2) AS score
FROM points
