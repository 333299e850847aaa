-- Deals opened, won and lost in the month and the amount of those won, of who answers for the deal.
-- Reads: deals_deal. Writes: kpi_fact. Parameters: month, as_of.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, summed.owner_id, summed.client_id, counted.value
FROM (
    SELECT deal.owner_id,
           client.client_id,
           count(*) FILTER (WHERE deal.opened_on BETWEEN %(month)s::date AND %(as_of)s::date) AS opened,
           count(*) FILTER (WHERE deal.state = 'won' AND deal.is_closed) AS won,
           count(*) FILTER (WHERE deal.state = 'lost' AND deal.is_closed) AS lost,
           coalesce(sum(deal.amount) FILTER (WHERE deal.state = 'won' AND deal.is_closed), 0) AS amount
    FROM (
        SELECT one.*, coalesce(one.closed_on BETWEEN %(month)s::date AND %(as_of)s::date, false) AS is_closed
        FROM deals_deal one
        WHERE one.opened_on BETWEEN %(month)s::date AND %(as_of)s::date
           OR one.closed_on BETWEEN %(month)s::date AND %(as_of)s::date
    ) deal
    JOIN kpi_client client ON client.client_id = deal.client_id
    GROUP BY deal.owner_id, client.client_id
) summed
CROSS JOIN LATERAL (
    VALUES ('deals_opened', summed.opened), ('deals_won', summed.won), ('deals_lost', summed.lost),
           ('won_amount', summed.amount)
) AS counted (measure, value)
WHERE counted.value <> 0
