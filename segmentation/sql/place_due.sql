-- Grain: one row per due client with the receiver it gets, or none. Equal to giving the clients one by one, in the
-- order of the list, each to the receiver of its branch with the smallest load ÷ limit at that moment (tie: id): the
-- places of a receiver with load L and limit m have the keys L/m, (L+1)/m …, so the k-th client of a branch gets the
-- k-th key.
-- Parameters: parallel arrays client_ids and branch_ids in work order (branch: where it is placed), receiver_ids,
-- receiver_branch_ids, loads, limits.
WITH due AS (
    SELECT client_id, branch_id, row_number() OVER (PARTITION BY branch_id ORDER BY position) AS number
    FROM unnest(%(client_ids)s::bigint[], %(branch_ids)s::bigint[])
         WITH ORDINALITY AS listed (client_id, branch_id, position)
),
place AS (
    SELECT receiver.id,
           receiver.branch_id,
           row_number() OVER (
               PARTITION BY receiver.branch_id
               ORDER BY (receiver.load + taken.number)::float8 / receiver.limit_of_cases, receiver.id
           ) AS number
    FROM unnest(%(receiver_ids)s::bigint[], %(receiver_branch_ids)s::bigint[], %(loads)s::int[], %(limits)s::int[])
         AS receiver (id, branch_id, load, limit_of_cases)
    CROSS JOIN LATERAL generate_series(
        0, least(receiver.limit_of_cases - receiver.load, cardinality(%(client_ids)s::bigint[])) - 1
    ) AS taken (number)
)
SELECT due.client_id, place.id AS receiver_id
FROM due
JOIN place ON place.branch_id = due.branch_id AND place.number = due.number
