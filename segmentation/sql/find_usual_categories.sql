-- Grain: category. Which categories clients of a type buy: buyers of the type, how many of them bought the category, and
-- what a buyer of it brought on the average. Reads: clients_client, clients_legalentity, segmentation_categoryturnover.
-- Parameters: segment, from_month, fewest (a category of fewer buyers is left out: it would tell of one of them). Only net turnover above zero is a purchase; unidentified goods are no category.
WITH bought AS (
    SELECT entity.client_id, stored.category_id, sum(stored.amount) AS amount
    FROM clients_client client
    JOIN clients_legalentity entity ON entity.client_id = client.id
    JOIN segmentation_categoryturnover stored ON stored.legal_entity_id = entity.id AND stored.month >= %(from_month)s
    WHERE client.segment_id = %(segment)s AND client.merged_into_id IS NULL AND stored.category_id IS NOT NULL
    GROUP BY entity.client_id, stored.category_id
    HAVING sum(stored.amount) > 0
),
everybody AS (
    SELECT count(DISTINCT client_id) AS buyers FROM bought
)
SELECT bought.category_id AS category,
       category.name,
       everybody.buyers AS of_type,
       count(*) AS buyers,
       sum(bought.amount) AS amount
FROM bought
JOIN clients_category category ON category.id = bought.category_id
CROSS JOIN everybody
GROUP BY bought.category_id, category.name, everybody.buyers
HAVING count(*) >= %(fewest)s
ORDER BY count(*) DESC, category.name COLLATE "C"
