-- Grain: one row per handed-over case whose client goes back tonight, with what brought it back.
-- late_on = last purchase dated after the one the hand-over was reckoned from, not after the hand-over day (the day
-- before the new owner's first); came_on = first purchase after that day.
-- correction: a late purchase by which the term was not over on the hand-over day; else return by came_on; else
-- nothing.
-- The term by the late purchase: TOP if the client was on the list on the hand-over day, else other; tonight's rhythm
-- and season (a term of a seasonal client counts only days in the season's months and in the month before each of
-- them).
-- A client handed over for an invoice not confirmed had no purchase: any one counts.
-- Left alone: an exclusion in force, seven days after a separation, an owner changed later than as_of.
-- Reads: segmentation_zerocase, segmentation_clientstate, segmentation_purchaseday, segmentation_topmembership,
-- clients_ownership. Parameters: as_of, excluded (client ids with an exclusion in force), separation_days, own_rhythm,
-- hand_over_factor, grace_days, hand_over_top, hand_over_other, lost_top, lost_other (months), seasonal_guard.
WITH handed AS (
    SELECT handed.id, handed.client_id, handed.from_owner_id, handed.to_owner_id, handed.rule, handed.silent_since,
           handed.handed_on, client.branch_id, client.name, held.owner_id, state.rhythm_days,
           CASE
               WHEN %(seasonal_guard)s AND state.purchases >= 4
                    AND state.first_purchase_on + interval '2 years' <= %(as_of)s::date
               THEN state.seasonal_months
               ELSE '{}'
           END AS season
    FROM segmentation_zerocase handed
    JOIN segmentation_clientstate state
      ON state.client_id = handed.client_id
     AND (state.last_purchase_on > handed.silent_since OR handed.rule = 'unconfirmed_invoice')
    JOIN clients_client client ON client.id = handed.client_id
    JOIN clients_ownership held ON held.client_id = handed.client_id AND held.ends_on IS NULL
    WHERE handed.state = 'handed_over'
      AND held.starts_on - CASE WHEN held.reason IN ('zero', 'return', 'correction') THEN 1 ELSE 0 END <= %(as_of)s
      AND coalesce(client.separated_on + %(separation_days)s <= %(as_of)s, true)
      AND NOT (handed.client_id = ANY(%(excluded)s::bigint[]))
),
bought AS (
    SELECT handed.id,
           max(purchase.day) FILTER (WHERE purchase.day < handed.handed_on) AS late_on,
           min(purchase.day) FILTER (WHERE purchase.day >= handed.handed_on) AS came_on
    FROM handed
    JOIN clients_legalentity entity ON entity.client_id = handed.client_id
    JOIN segmentation_purchaseday purchase
      ON purchase.legal_entity_id = entity.id
     AND (purchase.day > handed.silent_since OR handed.rule = 'unconfirmed_invoice')
    GROUP BY handed.id
),
term AS (
    SELECT handed.*, bought.late_on, bought.came_on,
           CASE WHEN was.is_top THEN %(hand_over_top)s ELSE %(hand_over_other)s END AS hand_over,
           CASE WHEN was.is_top THEN %(lost_top)s ELSE %(lost_other)s END AS lost
    FROM handed
    JOIN bought ON bought.id = handed.id
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT 1
            FROM segmentation_topmembership member
            WHERE member.client_id = handed.client_id
              AND member.entered_on < handed.handed_on
              AND (member.left_on IS NULL OR member.left_on >= handed.handed_on)
        ) AS is_top
    ) was
),
by_table AS (
    SELECT term.*,
           coalesce(seasonal.hand_over_on, (late_on + make_interval(months => hand_over))::date) AS hand_over_on,
           coalesce(seasonal.lost_on, (late_on + make_interval(months => lost))::date) AS lost_on
    FROM term
    LEFT JOIN LATERAL (
        SELECT min(day) FILTER (WHERE counted >= (late_on + make_interval(months => hand_over))::date - late_on)
                   AS hand_over_on,
               min(day) FILTER (WHERE counted >= (late_on + make_interval(months => lost))::date - late_on) AS lost_on
        FROM (
            SELECT series.day::date AS day, row_number() OVER (ORDER BY series.day) AS counted
            FROM generate_series((late_on + 1)::timestamp, late_on + 366 * (lost + 1), interval '1 day') AS series (day)
            WHERE extract(month FROM series.day) = ANY(season)
               OR extract(month FROM series.day + interval '1 month') = ANY(season)
        ) AS season_day
    ) seasonal ON cardinality(season) > 0 AND late_on IS NOT NULL
),
reckoned AS (
    SELECT by_table.*,
           greatest(
               hand_over_on,
               CASE
                   WHEN %(own_rhythm)s AND rhythm_days IS NOT NULL
                   THEN least(
                       late_on + ceil(rhythm_days * %(hand_over_factor)s::numeric)::int,
                       lost_on
                   )
               END
           ) + %(grace_days)s AS due_by_late_on
    FROM by_table
)
SELECT id, client_id, name, branch_id, from_owner_id, to_owner_id, owner_id, rule, silent_since, handed_on,
       late_on IS NOT NULL AND due_by_late_on >= handed_on AS is_correction,
       CASE WHEN late_on IS NOT NULL AND due_by_late_on >= handed_on THEN late_on ELSE came_on END AS bought_on
FROM reckoned
WHERE (late_on IS NOT NULL AND due_by_late_on >= handed_on) OR came_on IS NOT NULL
ORDER BY client_id
