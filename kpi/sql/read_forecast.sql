-- Grain: employee: where the month will land, as it looks at the end of `day` (R226).
-- Shipped: documents of the month up to the day, by the owner of each document's day. Deals: open ones expected in the
-- month, and those whose expected day has passed in it, × the probability of their stage, by their owner. Cyclic: orders
-- active clients without such a deal are expected to place after the day by their rhythm (no oftener than they did in
-- the twelve months), their mean purchase of twelve months each, by today's owner.
-- Reads: clients_shipment, clients_legalentity, clients_ownership, clients_standing, clients_client, deals_deal,
-- deals_stage, staff_employee.
-- Parameters: month (its first day), day, end (the first day of the next month).
WITH shipped AS (
    SELECT ownership.owner_id AS employee, sum(shipment.total) AS amount
    FROM clients_shipment shipment
    JOIN clients_legalentity entity ON entity.id = shipment.legal_entity_id
    JOIN clients_ownership ownership
      ON ownership.client_id = entity.client_id
     AND ownership.starts_on <= shipment.day
     AND (ownership.ends_on IS NULL OR ownership.ends_on > shipment.day)
    WHERE shipment.day >= %(month)s AND shipment.day <= %(day)s
    GROUP BY 1
),
expected AS (
    SELECT deal.owner_id AS employee, deal.client_id, deal.amount * stage.probability / 100 AS amount
    FROM deals_deal deal
    JOIN deals_stage stage ON stage.id = deal.stage_id
    WHERE deal.state = 'open' AND deal.expected_on >= %(month)s AND deal.expected_on < %(end)s AND deal.amount > 0
),
mean AS (
    SELECT entity.client_id,
           greatest(sum(shipment.total), 0) / greatest(count(DISTINCT shipment.day) FILTER (WHERE shipment.total > 0), 1)
               AS amount,
           greatest(
               standing.rhythm_days,
               (%(day)s::date - greatest((%(day)s::date - interval '12 months')::date, standing.first_purchase_on))::numeric
               / greatest(count(DISTINCT shipment.day) FILTER (WHERE shipment.total > 0), 1)
           ) AS every
    FROM clients_shipment shipment
    JOIN clients_legalentity entity ON entity.id = shipment.legal_entity_id
    JOIN clients_standing standing ON standing.client_id = entity.client_id
    WHERE shipment.day > (%(day)s::date - interval '12 months') AND shipment.day <= %(day)s
      AND standing.expected_on < %(end)s AND standing.life_cycle IN ('new', 'active')
    GROUP BY entity.client_id, standing.rhythm_days, standing.first_purchase_on
),
cyclic AS (
    SELECT ownership.owner_id AS employee,
           sum(mean.amount * (1 + floor(
               (%(end)s::date - 1 - greatest(standing.expected_on, %(day)s::date + 1))::numeric / mean.every
           ))) AS amount
    FROM clients_standing standing
    JOIN mean ON mean.client_id = standing.client_id
    JOIN clients_client client ON client.id = standing.client_id
    JOIN clients_ownership ownership ON ownership.client_id = client.id AND ownership.ends_on IS NULL
    WHERE standing.life_cycle IN ('new', 'active')
      AND standing.rhythm_days > 0
      AND standing.expected_on < %(end)s
      AND %(day)s::date + 1 < %(end)s::date
      AND client.merged_into_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM expected WHERE expected.client_id = client.id)
    GROUP BY 1
)
SELECT employee.id AS employee,
       employee.branch_id AS branch,
       round(coalesce(shipped.amount, 0), 2) AS shipped,
       round(coalesce(deals.amount, 0), 2) AS deals,
       round(coalesce(cyclic.amount, 0), 2) AS cyclic
FROM staff_employee employee
LEFT JOIN shipped ON shipped.employee = employee.id
LEFT JOIN (SELECT employee, sum(amount) AS amount FROM expected GROUP BY 1) deals ON deals.employee = employee.id
LEFT JOIN cyclic ON cyclic.employee = employee.id
WHERE shipped.amount IS NOT NULL OR deals.amount IS NOT NULL OR cyclic.amount IS NOT NULL
ORDER BY 1
