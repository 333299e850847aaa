-- Grain: client with a rhythm that is new, active or zero; the temporary table night_deviation (R80).
--   is_falling: bought for less in the last 30 days than fall_share of its usual 30 days; of clients that buy at least
--   every fall_rhythm_days. Usual = a third of the 90 days before × season; season = the company's same 30 days 52 weeks
--   ago ÷ a third of their 90 days before, between 0.5 and 2, 1 where either is empty.
--   is_late: more than late_factor × rhythm days since the last purchase.
-- Purchases only, returns left aside. Reads: segmentation_purchaseday, clients_legalentity, clients_client,
-- clients_standing. Parameters: as_of, fall_share, fall_rhythm_days, late_factor.
CREATE TEMPORARY TABLE night_deviation ON COMMIT DROP AS
WITH volume AS (
    SELECT entity.client_id,
           coalesce(sum(purchase.amount) FILTER (WHERE purchase.day > %(as_of)s::date - 30), 0) AS recent,
           coalesce(sum(purchase.amount) FILTER (WHERE purchase.day <= %(as_of)s::date - 30), 0) / 3 AS before
    FROM segmentation_purchaseday purchase
    JOIN clients_legalentity entity ON entity.id = purchase.legal_entity_id
    WHERE purchase.day > %(as_of)s::date - 120 AND purchase.day <= %(as_of)s
    GROUP BY entity.client_id
),
company AS (
    SELECT coalesce(sum(amount) FILTER (WHERE day > %(as_of)s::date - 394), 0) AS recent,
           coalesce(sum(amount) FILTER (WHERE day <= %(as_of)s::date - 394), 0) / 3 AS before
    FROM segmentation_purchaseday
    WHERE day > %(as_of)s::date - 484 AND day <= %(as_of)s::date - 364
),
season AS (
    SELECT CASE WHEN recent > 0 AND before > 0 THEN round(least(greatest(recent / before, 0.5), 2), 4) ELSE 1 END
           AS factor
    FROM company
),
measured AS (
    SELECT standing.client_id,
           coalesce(volume.recent, 0) AS recent,
           round(coalesce(volume.before, 0) * season.factor, 4) AS usual,
           season.factor AS season,
           greatest(%(as_of)s::date - standing.last_purchase_on, 0) AS silent_days,
           standing.rhythm_days
    FROM clients_standing standing
    JOIN clients_client client ON client.id = standing.client_id
    CROSS JOIN season
    LEFT JOIN volume ON volume.client_id = standing.client_id
    WHERE standing.life_cycle IN ('new', 'active', 'zero')
      AND standing.rhythm_days IS NOT NULL
      AND client.merged_into_id IS NULL
)
SELECT measured.*,
       rhythm_days <= %(fall_rhythm_days)s AND usual > 0 AND recent < %(fall_share)s * usual AS is_falling,
       silent_days > %(late_factor)s * rhythm_days AS is_late
FROM measured
