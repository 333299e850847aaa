-- Grain: client, those named. The life-cycle columns of clients_standing from segmentation_clientstate; only rows that
-- change, locked in the order of clients before, as people's acts lock them.
-- What a person said of archiving shows at once, the night writes state and transition: archived is who was archived by
-- hand and has not bought since; taken back, a client is what the terms have made of it, else what it was before.
-- A count-down (hand_over_on) runs for a zero or lost client that is not with a development manager by a hand-over.
-- Parameters: client_ids.
WITH fresh AS (
    SELECT client.id AS client_id,
           state.client_id IS NOT NULL AS is_known,
           CASE
               WHEN put_away.holds THEN 'archived'
               WHEN is_taken_back.holds THEN coalesce(nullif(state.silence, ''), nullif(before.status, ''), 'potential')
               ELSE coalesce(state.status, 'potential')
           END AS status,
           CASE
               WHEN put_away.holds AND coalesce(state.status, '') <> 'archived' THEN client.archived_on
               WHEN is_taken_back.holds THEN coalesce(before.since, state.since)
               ELSE state.since
           END AS since,
           state.first_purchase_on,
           state.last_purchase_on,
           coalesce(state.purchases, 0) AS purchases,
           state.rhythm_days,
           state.last_purchase_on + state.rhythm_days AS expected_on,
           CASE
               WHEN NOT put_away.holds
                   AND (state.status IN ('zero', 'lost') OR is_taken_back.holds AND state.silence IN ('zero', 'lost'))
                   AND NOT EXISTS (
                       SELECT 1 FROM segmentation_zerocase handed
                       WHERE handed.client_id = state.client_id AND handed.state = 'handed_over'
                   )
               THEN state.hand_over_on
           END AS hand_over_on
    FROM clients_client client
    LEFT JOIN segmentation_clientstate state ON state.client_id = client.id
    CROSS JOIN LATERAL (
        SELECT client.archived_on IS NOT NULL
               AND client.archived_on IS DISTINCT FROM state.archive_ended
               AND coalesce(state.last_purchase_on <= client.archived_on, true) AS holds
    ) put_away
    CROSS JOIN LATERAL (
        SELECT coalesce(state.archived_by_hand, false) AND client.archived_on IS NULL AS holds
    ) is_taken_back
    LEFT JOIN LATERAL (
        SELECT change.before AS status,
               (
                   SELECT max(earlier.as_of)
                   FROM segmentation_statuschange earlier
                   WHERE earlier.client_id = client.id AND earlier.as_of < change.as_of
               ) AS since
        FROM segmentation_statuschange change
        WHERE is_taken_back.holds AND change.client_id = client.id
        ORDER BY change.as_of DESC
        LIMIT 1
    ) before ON true
    WHERE client.id = ANY(%(client_ids)s::bigint[])
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
      AND (fresh.is_known OR 'archived' IN (fresh.status, standing.life_cycle))
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
