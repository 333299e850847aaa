-- Grain: client. Net turnover of the window, of the window before, and of the last 24 full months, oldest first.
-- Reads: segmentation_monthlyturnover. Writes: clients_standing.turnover, turnover_before, months; only rows that change.
-- Parameters: everybody (else the pending clients), window_start, window_end, before_start, from_month (24 before the end).
WITH asked AS (
    SELECT standing.client_id
    FROM clients_standing standing
    WHERE %(everybody)s OR standing.client_id IN (SELECT client_id FROM segmentation_pendingclient)
),
client_month AS (
    SELECT entity.client_id, stored.month, sum(stored.amount) AS amount
    FROM asked
    JOIN clients_legalentity entity ON entity.client_id = asked.client_id
    JOIN segmentation_monthlyturnover stored ON stored.legal_entity_id = entity.id
    WHERE stored.month >= least(%(before_start)s::date, %(from_month)s::date) AND stored.month < %(window_end)s
    GROUP BY entity.client_id, stored.month
),
total AS (
    SELECT client_id,
           sum(amount) FILTER (WHERE month >= %(window_start)s) AS turnover,
           sum(amount) FILTER (WHERE month >= %(before_start)s AND month < %(window_start)s) AS turnover_before
    FROM client_month
    GROUP BY client_id
),
calendar AS (
    SELECT month::date AS month
    FROM generate_series(%(from_month)s::timestamp, %(window_end)s::date - 1, interval '1 month') AS series (month)
),
line AS (
    SELECT total.client_id, array_agg(round(coalesce(client_month.amount, 0), 2) ORDER BY calendar.month) AS months
    FROM total
    CROSS JOIN calendar
    LEFT JOIN client_month ON client_month.client_id = total.client_id AND client_month.month = calendar.month
    GROUP BY total.client_id
),
fresh AS (
    SELECT asked.client_id,
           coalesce(total.turnover, 0) AS turnover,
           coalesce(total.turnover_before, 0) AS turnover_before,
           coalesce(line.months, '{}') AS months
    FROM asked
    LEFT JOIN total ON total.client_id = asked.client_id
    LEFT JOIN line ON line.client_id = asked.client_id
)
UPDATE clients_standing standing
SET turnover = fresh.turnover, turnover_before = fresh.turnover_before, months = fresh.months
FROM fresh
WHERE fresh.client_id = standing.client_id
  AND (standing.turnover, standing.turnover_before, standing.months)
      IS DISTINCT FROM (fresh.turnover, fresh.turnover_before, fresh.months)
