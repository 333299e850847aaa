-- Grain: one pair that is like enough. Likeness: what is left of the doubt when each kind of reason (its weightiest)
-- takes its share: 100 × (1 - the product of what each leaves).
-- Reads: duplicate_reason. Writes: the temporary table duplicate_pair. Parameters: least.
CREATE TEMPORARY TABLE duplicate_pair ON COMMIT DROP AS
WITH by_kind AS (
    SELECT one_id,
           other_id,
           kind,
           max(weight) AS weight,
           string_agg(kind || ' ' || value, E'\n' ORDER BY value COLLATE "C") AS said
    FROM duplicate_reason
    GROUP BY one_id, other_id, kind
)
SELECT one_id,
       other_id,
       round(100 * (1 - exp(sum(ln(1 - least(weight, 0.99))))))::int AS likeness,
       md5(string_agg(said, E'\n' ORDER BY kind COLLATE "C"))::uuid AS reasons_mark
FROM by_kind
GROUP BY one_id, other_id
HAVING round(100 * (1 - exp(sum(ln(1 - least(weight, 0.99)))))) >= %(least)s
