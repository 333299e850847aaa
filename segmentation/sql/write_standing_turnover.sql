-- Grain: client. Net turnover of the window, of the window before, and of the last 24 full months, oldest first.
-- Reads: segmentation_monthlyturnover. Writes: clients_standing.turnover, turnover_before, months; only rows that
-- change, locked in the order of clients before, as people's acts lock them.
-- Parameters: everybody (else the pending clients), window_start, window_end, before_start, from_month (24 before the
-- end).
WITH asked AS (
    SELECT standing.client_id
    FROM clients_standing standing
    WHERE %(everybody)s OR standing.client_id IN (SELECT client_id FROM segmentation_pendingclient)
),
age AS MATERIALIZED (
    -- one row per month that is asked for; 1 is the last full one
    SELECT age.number, (%(window_end)s::date - make_interval(months => age.number))::date AS month
    FROM generate_series(1, 120) AS age (number)
    WHERE (%(window_end)s::date - make_interval(months => age.number))::date
          >= least(%(before_start)s::date, %(from_month)s::date)
),
client_month AS (
    SELECT entity.client_id, stored.month, stored.amount, age.number AS age
    FROM asked
    JOIN clients_legalentity entity ON entity.client_id = asked.client_id
    JOIN segmentation_monthlyturnover stored ON stored.legal_entity_id = entity.id
    JOIN age ON age.month = stored.month
    WHERE stored.month >= least(%(before_start)s::date, %(from_month)s::date) AND stored.month < %(window_end)s
),
total AS (
    SELECT client_id,
           sum(amount) FILTER (WHERE month >= %(window_start)s) AS turnover,
           sum(amount) FILTER (WHERE month >= %(before_start)s AND month < %(window_start)s) AS turnover_before,
           ARRAY[
               coalesce(sum(amount) FILTER (WHERE age = 24), 0),
               coalesce(sum(amount) FILTER (WHERE age = 23), 0),
               coalesce(sum(amount) FILTER (WHERE age = 22), 0),
               coalesce(sum(amount) FILTER (WHERE age = 21), 0),
               coalesce(sum(amount) FILTER (WHERE age = 20), 0),
               coalesce(sum(amount) FILTER (WHERE age = 19), 0),
               coalesce(sum(amount) FILTER (WHERE age = 18), 0),
               coalesce(sum(amount) FILTER (WHERE age = 17), 0),
               coalesce(sum(amount) FILTER (WHERE age = 16), 0),
               coalesce(sum(amount) FILTER (WHERE age = 15), 0),
               coalesce(sum(amount) FILTER (WHERE age = 14), 0),
               coalesce(sum(amount) FILTER (WHERE age = 13), 0),
               coalesce(sum(amount) FILTER (WHERE age = 12), 0),
               coalesce(sum(amount) FILTER (WHERE age = 11), 0),
               coalesce(sum(amount) FILTER (WHERE age = 10), 0),
               coalesce(sum(amount) FILTER (WHERE age = 9), 0),
               coalesce(sum(amount) FILTER (WHERE age = 8), 0),
               coalesce(sum(amount) FILTER (WHERE age = 7), 0),
               coalesce(sum(amount) FILTER (WHERE age = 6), 0),
               coalesce(sum(amount) FILTER (WHERE age = 5), 0),
               coalesce(sum(amount) FILTER (WHERE age = 4), 0),
               coalesce(sum(amount) FILTER (WHERE age = 3), 0),
               coalesce(sum(amount) FILTER (WHERE age = 2), 0),
               coalesce(sum(amount) FILTER (WHERE age = 1), 0)
           ]::numeric(18, 2)[] AS months
    FROM client_month
    GROUP BY client_id
),
fresh AS (
    SELECT asked.client_id,
           coalesce(total.turnover, 0) AS turnover,
           coalesce(total.turnover_before, 0) AS turnover_before,
           coalesce(total.months, '{}') AS months
    FROM asked
    LEFT JOIN total ON total.client_id = asked.client_id
),
changed AS (
    SELECT fresh.*
    FROM clients_standing standing
    JOIN fresh ON fresh.client_id = standing.client_id
    WHERE (standing.turnover, standing.turnover_before, standing.months)
          IS DISTINCT FROM (fresh.turnover, fresh.turnover_before, fresh.months)
    ORDER BY standing.client_id
    FOR NO KEY UPDATE OF standing
)
UPDATE clients_standing standing
SET turnover = fresh.turnover, turnover_before = fresh.turnover_before, months = fresh.months
FROM changed fresh
WHERE fresh.client_id = standing.client_id
