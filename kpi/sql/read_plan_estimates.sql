-- Grain: owner, group of clients, part, month: what clients will buy by themselves (R227, R228).
-- Base: each client buys at its rhythm from the day it is expected on, its mean purchase × the month's seasonality, but no
-- oftener than it did in the twelve months (a rhythm is a median, orders may come in bursts); an expected day that has
-- passed counts as the first day of the plan. New: what clients brought that bought for the first
-- time in [rate_start, until). Returned: what clients brought whose first purchase there came after 180 silent days or
-- more; both by today's owner, an even share for each month.
-- Reads: clients_standing, clients_client, clients_segment, clients_ownership, staff_employee, clients_shipment,
-- clients_legalentity.
-- Parameters: start (first day of the plan), months, until (end of the last full month of history), rate_start,
-- rate_months, coefficients (12 numbers, January first), shop_segments (codes of types).
WITH month AS (
    SELECT (%(start)s::date + make_interval(months => n))::date AS first_day,
           (%(start)s::date + make_interval(months => n + 1))::date AS next_month
    FROM generate_series(0, %(months)s - 1) n
),
client AS (
    SELECT client.id,
           employee.branch_id,
           employee.id AS employee_id,
           CASE
               WHEN standing.top THEN 'top'
               WHEN standing.life_cycle = 'new' THEN 'new'
               WHEN client.channel = 'internet_shop' OR segment.code = ANY(%(shop_segments)s::text[]) THEN 'shops'
               ELSE 'others'
           END AS client_group,
           standing.life_cycle,
           standing.first_purchase_on,
           standing.rhythm_days,
           greatest(standing.expected_on, %(start)s::date) AS expected_on
    FROM clients_client client
    JOIN clients_standing standing ON standing.client_id = client.id
    JOIN clients_ownership ownership ON ownership.client_id = client.id AND ownership.ends_on IS NULL
    JOIN staff_employee employee ON employee.id = ownership.owner_id
    LEFT JOIN clients_segment segment ON segment.id = client.segment_id
    WHERE employee.is_active AND client.merged_into_id IS NULL AND standing.life_cycle <> 'archived'
),
bought AS (
    SELECT entity.client_id, shipment.day, sum(shipment.total) AS total
    FROM clients_shipment shipment
    JOIN clients_legalentity entity ON entity.id = shipment.legal_entity_id
    WHERE shipment.day >= (%(until)s::date - interval '12 months') AND shipment.day < %(until)s
    GROUP BY 1, 2
),
mean AS (
    SELECT bought.client_id,
           greatest(sum(bought.total), 0) / greatest(count(*) FILTER (WHERE bought.total > 0), 1) AS amount,
           greatest(
               client.rhythm_days,
               (%(until)s::date - greatest((%(until)s::date - interval '12 months')::date, client.first_purchase_on))::numeric
               / greatest(count(*) FILTER (WHERE bought.total > 0), 1)
           ) AS every
    FROM bought
    JOIN client ON client.id = bought.client_id
    GROUP BY bought.client_id, client.rhythm_days, client.first_purchase_on
),
recent AS (
    SELECT bought.client_id, sum(bought.total) AS total, min(bought.day) FILTER (WHERE bought.total > 0) AS first_day
    FROM bought WHERE bought.day >= %(rate_start)s
    GROUP BY 1
),
silent AS (
    SELECT recent.client_id
    FROM recent
    JOIN client ON client.id = recent.client_id
    WHERE client.first_purchase_on < recent.first_day - 180
      AND NOT EXISTS (
          SELECT 1 FROM bought
          WHERE bought.client_id = recent.client_id
            AND bought.total > 0
            AND bought.day < recent.first_day
            AND bought.day >= recent.first_day - 180
      )
),
estimate AS (
    SELECT client.branch_id, client.employee_id, client.client_group, 'base' AS part, month.first_day AS month,
           mean.amount
           * (floor((month.next_month - 1 - client.expected_on)::numeric / mean.every)
              - greatest(floor((month.first_day - 1 - client.expected_on)::numeric / mean.every), -1))
           * (%(coefficients)s::numeric[])[extract(month FROM month.first_day)::int] AS amount
    FROM client
    JOIN mean ON mean.client_id = client.id
    JOIN month ON month.next_month > client.expected_on
    WHERE client.life_cycle IN ('new', 'active') AND client.rhythm_days > 0
    UNION ALL
    SELECT client.branch_id, client.employee_id, client.client_group,
           CASE WHEN silent.client_id IS NULL THEN 'new' ELSE 'returned' END,
           month.first_day, greatest(recent.total, 0) / %(rate_months)s
    FROM client
    JOIN recent ON recent.client_id = client.id
    LEFT JOIN silent ON silent.client_id = client.id
    CROSS JOIN month
    WHERE silent.client_id IS NOT NULL OR client.first_purchase_on >= %(rate_start)s
)
SELECT branch_id AS branch, employee_id AS employee, client_group, part, month, round(sum(amount), 2) AS amount
FROM estimate
GROUP BY 1, 2, 3, 4, 5
HAVING sum(amount) >= 0.005
