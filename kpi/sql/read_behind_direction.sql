-- Grain: client with its net turnover of a direction, the largest first; `clients` and `whole` are of all.
-- Reads: kpi_direction. Parameters: employees (whose; empty: everybody's), client_group (empty: any), direction
-- (0: not identified), size.
SELECT fact.client_id,
       sum(fact.value) AS value,
       count(*) OVER () AS clients,
       sum(sum(fact.value)) OVER () AS whole
FROM kpi_direction fact
WHERE coalesce(fact.direction_id, 0) = %(direction)s
  AND (%(employees)s::bigint[] IS NULL OR fact.employee_id = ANY(%(employees)s::bigint[]))
  AND (%(client_group)s::text IS NULL OR fact.client_group = %(client_group)s)
GROUP BY fact.client_id
HAVING sum(fact.value) <> 0
ORDER BY sum(fact.value) DESC, fact.client_id
LIMIT %(size)s
