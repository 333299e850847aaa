-- Grain: one row per client with a purchase in the window; the temporary table night_class.
-- Reads: segmentation_monthlyturnover, segmentation_purchaseday, clients_legalentity, clients_externalcode.
-- Parameters: window_start, window_end, window_months, unit_months (1 or 3), a_share, b_share, key_client_share,
-- measure, x_share, y_share, x_cv, y_cv, min_units, rule_set.
-- Ties of turnover: smallest external code (text, COLLATE "C"; none sorts first), then client id.
-- Units of time are counted back from the end of the window: unit 0 is its last month (or quarter).
CREATE TEMPORARY TABLE night_class ON COMMIT DROP AS
WITH client_month AS (
    SELECT entity.client_id, stored.month, sum(stored.amount) AS amount
    FROM segmentation_monthlyturnover stored
    JOIN clients_legalentity entity ON entity.id = stored.legal_entity_id
    WHERE stored.month >= %(window_start)s AND stored.month < %(window_end)s
    GROUP BY entity.client_id, stored.month
),
turnover AS (
    SELECT client_id, sum(amount) AS amount, sum(amount * amount) AS squares
    FROM client_month
    GROUP BY client_id
),
purchase_unit AS (
    SELECT DISTINCT entity.client_id,
           (12 * (date_part('year', %(window_end)s::date) - date_part('year', purchase.day))
            + date_part('month', %(window_end)s::date) - date_part('month', purchase.day) - 1)::int
           / %(unit_months)s AS unit
    FROM segmentation_purchaseday purchase
    JOIN clients_legalentity entity ON entity.id = purchase.legal_entity_id
    WHERE purchase.day >= %(window_start)s AND purchase.day < %(window_end)s
),
company_unit AS (
    -- counted = units of the company from this one to the end of the window; a unit nobody bought in is not there
    SELECT unit, row_number() OVER (ORDER BY unit) AS counted
    FROM (SELECT DISTINCT unit FROM purchase_unit) bought
),
buyer AS (
    SELECT client_id, count(*) AS bought, max(unit) AS first_unit
    FROM purchase_unit
    GROUP BY client_id
),
history AS MATERIALIZED (
    SELECT buyer.client_id, buyer.bought,
           CASE WHEN earlier.found THEN NULL ELSE buyer.first_unit END AS first_unit
    FROM buyer
    JOIN clients_client client ON client.id = buyer.client_id AND client.merged_into_id IS NULL
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT 1
            FROM clients_legalentity entity
            JOIN segmentation_purchaseday purchase ON purchase.legal_entity_id = entity.id
            WHERE entity.client_id = buyer.client_id AND purchase.day < %(window_start)s
        ) AS found
    ) earlier
),
counted AS (
    SELECT history.client_id, history.bought, company_unit.counted AS units
    FROM history
    JOIN company_unit
      ON company_unit.unit = coalesce(history.first_unit, (SELECT max(unit) FROM company_unit))
),
code AS (
    SELECT entity.client_id, min(external.code COLLATE "C") AS code
    FROM clients_legalentity entity
    JOIN clients_externalcode external ON external.legal_entity_id = entity.id
    GROUP BY entity.client_id
),
ranked AS (
    SELECT turnover.client_id,
           coalesce(sum(turnover.amount) OVER (
               ORDER BY turnover.amount DESC, coalesce(code.code, '') COLLATE "C", turnover.client_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ), 0) AS before,
           sum(turnover.amount) OVER () AS total
    FROM turnover
    JOIN clients_client client ON client.id = turnover.client_id AND client.merged_into_id IS NULL
    LEFT JOIN code ON code.client_id = turnover.client_id
    WHERE turnover.amount > 0
),
measured AS (
    SELECT counted.client_id,
           counted.bought,
           counted.units,
           coalesce(turnover.amount, 0) AS amount,
           ranked.before,
           ranked.total,
           CASE
               WHEN ranked.client_id IS NULL THEN ''
               WHEN ranked.before < %(a_share)s::numeric * ranked.total THEN 'A'
               WHEN ranked.before < %(b_share)s::numeric * ranked.total THEN 'B'
               ELSE 'C'
           END AS abc,
           -- the coefficient of variation squared, without a root or a division that rounds
           %(window_months)s * turnover.squares - turnover.amount * turnover.amount AS spread,
           turnover.amount * turnover.amount AS square
    FROM counted
    LEFT JOIN turnover ON turnover.client_id = counted.client_id
    LEFT JOIN ranked ON ranked.client_id = counted.client_id
)
SELECT client_id,
       abc,
       CASE
           WHEN abc = '' THEN ''
           WHEN %(measure)s = 'cv' AND spread <= %(x_cv)s::numeric * %(x_cv)s::numeric * square THEN 'X'
           WHEN %(measure)s = 'cv' AND spread <= %(y_cv)s::numeric * %(y_cv)s::numeric * square THEN 'Y'
           WHEN %(measure)s = 'cv' THEN 'Z'
           WHEN units < %(min_units)s THEN ''
           WHEN bought >= %(x_share)s::numeric * units AND bought >= 3 THEN 'X'
           WHEN bought >= %(y_share)s::numeric * units AND bought >= 2 THEN 'Y'
           ELSE 'Z'
       END AS xyz,
       amount AS turnover,
       CASE WHEN abc <> '' THEN round(before / total, 6) END AS share_before,
       bought::smallint AS months_bought,
       units::smallint AS months_counted,
       CASE WHEN abc <> '' THEN least(round(sqrt(spread / square), 4), 99999) END AS cv,
       abc <> '' AND before < %(key_client_share)s::numeric * total AS key_client,
       %(window_start)s::date AS window_start,
       %(window_end)s::date AS window_end,
       %(rule_set)s::bigint AS rule_set_id
FROM measured
