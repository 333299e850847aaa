-- Grain: client, those named. The life-cycle columns of clients_standing from segmentation_clientstate; only rows that
-- change, locked in the order of clients before, as people's acts lock them.
-- A count-down (hand_over_on) runs for a zero or lost client that is not with a development manager by a hand-over.
-- Parameters: client_ids.
WITH fresh AS (
    SELECT state.client_id,
           state.status,
           state.since,
           state.first_purchase_on,
           state.last_purchase_on,
           state.purchases,
           state.rhythm_days,
           state.last_purchase_on + state.rhythm_days AS expected_on,
           CASE
               WHEN state.status IN ('zero', 'lost') AND NOT EXISTS (
                   SELECT 1 FROM segmentation_zerocase handed
                   WHERE handed.client_id = state.client_id AND handed.state = 'handed_over'
               )
               THEN state.hand_over_on
           END AS hand_over_on
    FROM segmentation_clientstate state
    WHERE state.client_id = ANY(%(client_ids)s::bigint[])
),
changed AS (
    SELECT fresh.*
    FROM clients_standing standing
    JOIN fresh ON fresh.client_id = standing.client_id
    WHERE (standing.life_cycle, standing.life_cycle_since, standing.first_purchase_on, standing.last_purchase_on,
           standing.purchases, standing.rhythm_days, standing.expected_on, standing.hand_over_on)
          IS DISTINCT FROM
          (fresh.status, fresh.since, fresh.first_purchase_on, fresh.last_purchase_on,
           fresh.purchases, fresh.rhythm_days, fresh.expected_on, fresh.hand_over_on)
    ORDER BY standing.client_id
    FOR NO KEY UPDATE OF standing
)
UPDATE clients_standing standing
SET life_cycle = fresh.status,
    life_cycle_since = fresh.since,
    first_purchase_on = fresh.first_purchase_on,
    last_purchase_on = fresh.last_purchase_on,
    purchases = fresh.purchases,
    rhythm_days = fresh.rhythm_days,
    expected_on = fresh.expected_on,
    hand_over_on = fresh.hand_over_on
FROM changed fresh
WHERE fresh.client_id = standing.client_id
