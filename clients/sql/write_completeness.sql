-- Grain: client, those named; only rows that change. completeness: per cent of what has to be known that is known, each
-- part by its weight, a part of several fields (questions, parameters) by the share that is known. correctness: the same
-- of what is known and was verified since the day from which a verification holds, for TOP or for others (R4, R5).
-- Cut, not rounded, to two figures: 89.996 is not 90. Nothing where no part that applies counts.
-- Reads: clients_completenessfield. Writes: clients_standing.
-- Parameters: client_ids; parts, weights (parallel); top_since, other_since.
WITH part AS (
    SELECT standing.client_id,
           weighed.weight,
           count(*)::numeric AS asked,
           count(*) FILTER (WHERE field.is_filled) AS filled,
           count(*) FILTER (
               WHERE field.verified_on >= CASE WHEN standing.top THEN %(top_since)s::date ELSE %(other_since)s::date END
           ) AS correct
    FROM clients_standing standing
    JOIN clients_completenessfield field ON field.client_id = standing.client_id
    JOIN unnest(%(parts)s::text[], %(weights)s::int[]) AS weighed (part, weight) ON weighed.part = field.part
    WHERE standing.client_id = ANY(%(client_ids)s::bigint[])
    GROUP BY standing.client_id, weighed.part, weighed.weight
),
client AS (
    SELECT client_id,
           trunc(round(100 * sum(weight * filled / asked) / sum(weight), 6), 2) AS completeness,
           trunc(round(100 * sum(weight * correct / asked) / sum(weight), 6), 2) AS correctness
    FROM part
    GROUP BY client_id
)
UPDATE clients_standing standing
SET completeness = client.completeness,
    correctness = client.correctness
FROM unnest(%(client_ids)s::bigint[]) AS named (client_id)
LEFT JOIN client ON client.client_id = named.client_id
WHERE standing.client_id = named.client_id
  AND (standing.completeness, standing.correctness) IS DISTINCT FROM (client.completeness, client.correctness)
