-- Grain: client (empty: of no client) with the sum of its facts, the largest first; `clients` and `whole` are of all.
-- Reads: kpi_fact, kpi_client. Parameters: measure, employees (whose; empty: everybody's), client_group (empty: any),
-- segment (empty: any; 0: without), size.
SELECT fact.client_id,
       sum(fact.value) AS value,
       count(*) OVER () AS clients,
       sum(sum(fact.value)) OVER () AS whole
FROM kpi_fact fact
LEFT JOIN kpi_client client ON client.client_id = fact.client_id
WHERE fact.measure = %(measure)s
  AND (%(employees)s::bigint[] IS NULL OR fact.employee_id = ANY(%(employees)s::bigint[]))
  AND (%(client_group)s::text IS NULL OR coalesce(client.client_group, 'none') = %(client_group)s)
  AND (%(segment)s::bigint IS NULL OR coalesce(client.segment_id, 0) = %(segment)s::bigint)
GROUP BY fact.client_id
HAVING sum(fact.value) <> 0
ORDER BY sum(fact.value) DESC, fact.client_id
LIMIT %(size)s
