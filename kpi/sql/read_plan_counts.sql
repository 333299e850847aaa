-- Grain: owner: numbers of clients a month on the average of [start, end): active accounts, active TOP accounts, new
-- clients, new clients that bought again in that time; by today's owner (R223).
-- Reads: clients_shipment, clients_legalentity, clients_standing, clients_ownership, staff_employee.
-- Parameters: start, end (days, half-open), months.
WITH bought AS (
    SELECT entity.client_id, date_trunc('month', shipment.day)::date AS month, shipment.day
    FROM clients_shipment shipment
    JOIN clients_legalentity entity ON entity.id = shipment.legal_entity_id
    WHERE shipment.day >= %(start)s AND shipment.day < %(end)s
    GROUP BY 1, 2, 3
    HAVING sum(shipment.total) > 0
),
client AS (
    SELECT client_id, count(DISTINCT month) AS months, count(*) AS days FROM bought GROUP BY 1
)
SELECT employee.id AS employee,
       employee.branch_id AS branch,
       sum(client.months) / %(months)s::numeric AS active_accounts,
       coalesce(sum(client.months) FILTER (WHERE standing.top), 0) / %(months)s::numeric AS active_top,
       count(*) FILTER (WHERE standing.first_purchase_on >= %(start)s) / %(months)s::numeric AS new_clients,
       count(*) FILTER (WHERE standing.first_purchase_on >= %(start)s AND client.days > 1) / %(months)s::numeric
           AS repeat_of_new
FROM client
JOIN clients_standing standing ON standing.client_id = client.client_id
JOIN clients_ownership ownership ON ownership.client_id = client.client_id AND ownership.ends_on IS NULL
JOIN staff_employee employee ON employee.id = ownership.owner_id
WHERE employee.is_active AND standing.life_cycle <> 'archived'
GROUP BY 1, 2
ORDER BY 1
