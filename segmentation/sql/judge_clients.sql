-- Grain: one row per client judged tonight with its new state beside the old one; the temporary table night_state.
-- Reads: night_client, night_purchase, segmentation_clientstate, segmentation_topmembership, segmentation_zerocase.
-- Parameters: as_of; the terms in months zero_*, hand_over_*, lost_* (top, new, other), archive_months, archive_cycles;
-- own_rhythm, zero_factor, hand_over_factor; grace_days; known_from (or NULL); seasonal_guard.
-- Rank: 0 not silent, 1 zero, 2 lost, 3 archived, whatever a person says of archiving; kept as `silence`. Only a
-- purchase later than the last one lowers it.
CREATE TEMPORARY TABLE night_state ON COMMIT DROP AS
WITH fact AS (
    SELECT judged.client_id,
           judged.archived_on,
           state.client_id IS NOT NULL AS is_known,
           coalesce(fresh.purchases, state.purchases, 0) AS purchases,
           CASE WHEN fresh.client_id IS NULL THEN state.first_purchase_on ELSE fresh.first_on END AS first_on,
           CASE WHEN fresh.client_id IS NULL THEN state.last_purchase_on ELSE fresh.last_on END AS last_on,
           CASE WHEN fresh.client_id IS NULL THEN state.rhythm_days ELSE fresh.rhythm END AS rhythm,
           CASE WHEN fresh.client_id IS NULL THEN state.seasonal_months ELSE fresh.season END AS season,
           coalesce(fresh.returned_in_full, state.returned_in_full) AS returned_in_full,
           coalesce(fresh.has_documents AND fresh.purchases = 0, state.returns_only) AS returns_only,
           coalesce(state.status, '') AS status_before,
           state.since AS since_before,
           state.last_purchase_on AS last_before,
           state.term_class AS term_class_before,
           state.zero_since AS zero_before,
           coalesce(state.silence, '') AS silence_before,
           coalesce(state.archived_by_hand, false) AS by_hand_before,
           state.archive_ended AS archive_ended_before
    FROM night_client judged
    LEFT JOIN night_purchase fresh ON fresh.client_id = judged.client_id
    LEFT JOIN segmentation_clientstate state ON state.client_id = judged.client_id
    WHERE state.client_id IS NOT NULL OR fresh.has_documents OR judged.archived_on IS NOT NULL
),
silence AS (
    SELECT fact.*,
           last_on IS NOT NULL AND (last_before IS NULL OR last_on > last_before) AS has_bought_later,
           EXISTS (
               SELECT 1 FROM segmentation_topmembership member
               WHERE member.client_id = fact.client_id AND member.left_on IS NULL
           ) AS is_top
    FROM fact
),
class AS (
    SELECT silence.*,
           CASE
               WHEN purchases = 0 THEN ''
               WHEN zero_before IS NOT NULL AND NOT has_bought_later THEN term_class_before
               WHEN is_top THEN 'top'
               WHEN purchases = 1 AND coalesce(first_on >= %(known_from)s::date, true) THEN 'new'
               ELSE 'other'
           END AS term_class,
           CASE
               WHEN has_bought_later AND by_hand_before THEN archived_on
               ELSE archive_ended_before
           END AS archive_ended
    FROM silence
),
months AS (
    SELECT class.*, term.zero, term.hand_over, term.lost,
           %(seasonal_guard)s
               AND cardinality(season) > 0
               AND purchases >= 4
               AND first_on + interval '2 years' <= %(as_of)s::date AS is_seasonal
    FROM class
    LEFT JOIN (VALUES
        ('top', %(zero_top)s, %(hand_over_top)s, %(lost_top)s),
        ('new', %(zero_new)s, %(hand_over_new)s, %(lost_new)s),
        ('other', %(zero_other)s, %(hand_over_other)s, %(lost_other)s)
    ) AS term (term_class, zero, hand_over, lost) ON term.term_class = class.term_class
),
by_table AS (
    SELECT months.*,
           coalesce(seasonal.zero_on, (last_on + make_interval(months => zero))::date) AS table_zero_on,
           coalesce(seasonal.hand_over_on, (last_on + make_interval(months => hand_over))::date) AS table_hand_over_on,
           coalesce(seasonal.lost_on, (last_on + make_interval(months => lost))::date) AS lost_on,
           (last_on + make_interval(months => %(archive_months)s))::date AS archive_on
    FROM months
    LEFT JOIN LATERAL (
        -- a term counts only days in the season's months and in the month before each of them
        SELECT min(day) FILTER (WHERE counted >= (last_on + make_interval(months => zero))::date - last_on) AS zero_on,
               min(day) FILTER (WHERE counted >= (last_on + make_interval(months => hand_over))::date - last_on)
                   AS hand_over_on,
               min(day) FILTER (WHERE counted >= (last_on + make_interval(months => lost))::date - last_on) AS lost_on
        FROM (
            SELECT series.day::date AS day, row_number() OVER (ORDER BY series.day) AS counted
            FROM generate_series((last_on + 1)::timestamp, last_on + 366 * (lost + 1), interval '1 day') AS series (day)
            WHERE extract(month FROM series.day) = ANY(season)
               OR extract(month FROM series.day + interval '1 month') = ANY(season)
        ) AS season_day
    ) seasonal ON is_seasonal
),
term AS (
    SELECT by_table.*,
           CASE
               WHEN %(own_rhythm)s AND rhythm IS NOT NULL
               THEN greatest(table_zero_on, least(last_on + ceil(rhythm * %(zero_factor)s::numeric)::int, lost_on))
               ELSE table_zero_on
           END AS zero_on,
           CASE
               WHEN %(own_rhythm)s AND rhythm IS NOT NULL
               THEN greatest(
                   table_hand_over_on, least(last_on + ceil(rhythm * %(hand_over_factor)s::numeric)::int, lost_on)
               )
               ELSE table_hand_over_on
           END + %(grace_days)s AS hand_over_on,
           coalesce(
               archived_on <= %(as_of)s
               AND archived_on IS DISTINCT FROM archive_ended
               AND (last_on IS NULL OR last_on <= archived_on),
               false
           ) AS is_archived_by_hand,
           lost_on <= %(as_of)s AND (
               SELECT count(*)
               FROM segmentation_zerocase cycle
               WHERE cycle.client_id = by_table.client_id
                 AND cycle.state = 'closed'
                 AND cycle.handed_on IS NOT NULL
                 AND cycle.silent_since >= by_table.last_on
           ) >= %(archive_cycles)s AS has_cycles
    FROM by_table
),
ranked AS (
    SELECT term.*,
           greatest(
               CASE
                   WHEN purchases = 0 THEN 0
                   WHEN archive_on <= %(as_of)s OR has_cycles THEN 3
                   WHEN lost_on <= %(as_of)s THEN 2
                   WHEN zero_on <= %(as_of)s THEN 1
                   ELSE 0
               END,
               CASE
                   WHEN purchases = 0 OR has_bought_later THEN 0
                   ELSE coalesce(array_position(ARRAY['zero', 'lost', 'archived'], silence_before::text), 0)
               END
           ) AS rank
    FROM term
)
SELECT client_id,
       is_known,
       status_before,
       last_before,
       CASE
           WHEN is_archived_by_hand OR rank = 3 THEN 'archived'
           WHEN purchases = 0 THEN 'potential'
           WHEN rank = 2 THEN 'lost'
           WHEN rank = 1 THEN 'zero'
           WHEN purchases = 1 AND coalesce(first_on >= %(known_from)s::date, true) THEN 'new'
           ELSE 'active'
       END AS status,
       since_before,
       purchases,
       first_on,
       last_on,
       rhythm,
       coalesce(returns_only, false) AS returns_only,
       coalesce(returned_in_full, false) AS returned_in_full,
       CASE WHEN is_seasonal THEN season ELSE '{}' END AS seasonal_in_force,
       coalesce(season, '{}') AS season,
       term_class,
       CASE
           WHEN rank = 0 THEN NULL
           WHEN zero_before IS NOT NULL AND NOT has_bought_later THEN zero_before
           ELSE %(as_of)s::date
       END AS zero_since,
       coalesce((ARRAY['zero', 'lost', 'archived'])[rank], '') AS silence,
       zero_on,
       hand_over_on,
       lost_on,
       archive_on,
       is_archived_by_hand,
       archive_ended,
       CASE
           WHEN purchases = 0 OR rank = 3 THEN NULL
           WHEN rank = 2 THEN archive_on
           WHEN rank = 1 THEN least(lost_on, archive_on)
           ELSE zero_on
       END AS next_on
FROM ranked
