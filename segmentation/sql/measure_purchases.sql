-- Grain: one row per pending client: its purchases of all history up to tonight; the temporary table night_purchase.
-- A purchase is a day of the client, over all its legal entities. Rhythm = median of the days between purchases,
-- rounded up.
-- Seasonal months = the fewest calendar months (most purchases first, ties: earlier month) holding at least 80 per cent
-- of the purchases, when they are at most four (looked for only while the seasonal guard is on).
-- Reads: segmentation_purchaseday, segmentation_monthlyturnover, clients_shipment. Parameters: as_of, min_purchases
-- (for a rhythm), seasonal_guard.
CREATE TEMPORARY TABLE night_purchase ON COMMIT DROP AS
WITH asked AS (
    SELECT client_id FROM night_client WHERE is_pending
),
entity AS (
    SELECT legal.id, legal.client_id
    FROM asked
    JOIN clients_legalentity legal ON legal.client_id = asked.client_id
),
purchase AS (
    SELECT DISTINCT entity.client_id, bought.day
    FROM entity
    JOIN segmentation_purchaseday bought ON bought.legal_entity_id = entity.id
),
gap AS (
    SELECT client_id, day, day - lag(day) OVER (PARTITION BY client_id ORDER BY day) AS days
    FROM purchase
),
measured AS (
    SELECT client_id,
           count(*) AS purchases,
           min(day) AS first_on,
           max(day) AS last_on,
           ceil(percentile_cont(0.5) WITHIN GROUP (ORDER BY days))::int AS rhythm
    FROM gap
    GROUP BY client_id
),
by_month AS (
    SELECT client_id,
           extract(month FROM day)::smallint AS month,
           count(*) AS bought,
           row_number() OVER (
               PARTITION BY client_id ORDER BY count(*) DESC, extract(month FROM day)
           ) AS place,
           sum(count(*)) OVER (
               PARTITION BY client_id ORDER BY count(*) DESC, extract(month FROM day)
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
           ) AS bought_so_far
    FROM purchase
    WHERE %(seasonal_guard)s
    GROUP BY client_id, extract(month FROM day)
),
season AS (
    SELECT by_month.client_id, array_agg(by_month.month ORDER BY by_month.month) AS months
    FROM by_month
    JOIN measured ON measured.client_id = by_month.client_id
    WHERE by_month.bought_so_far - by_month.bought < 0.8 * measured.purchases
    GROUP BY by_month.client_id
    HAVING count(*) <= 4
),
net AS (
    SELECT entity.client_id, sum(stored.amount) AS amount
    FROM entity
    JOIN segmentation_monthlyturnover stored ON stored.legal_entity_id = entity.id
    GROUP BY entity.client_id
)
SELECT asked.client_id,
       coalesce(measured.purchases, 0)::int AS purchases,
       measured.first_on,
       measured.last_on,
       CASE WHEN measured.purchases >= %(min_purchases)s THEN measured.rhythm END AS rhythm,
       coalesce(season.months, '{}') AS season,
       measured.client_id IS NOT NULL AND coalesce(net.amount, 0) <= 0 AS returned_in_full,
       measured.client_id IS NOT NULL OR EXISTS (
           SELECT 1
           FROM clients_legalentity legal
           JOIN clients_shipment document ON document.legal_entity_id = legal.id
           WHERE legal.client_id = asked.client_id AND document.day <= %(as_of)s
       ) AS has_documents
FROM asked
LEFT JOIN measured ON measured.client_id = asked.client_id
LEFT JOIN season ON season.client_id = asked.client_id
LEFT JOIN net ON net.client_id = asked.client_id
