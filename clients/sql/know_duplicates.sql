-- Grain: one pair that shares a value, or whose names are similar, with what weighs on its reasons. Of the pairs only
-- brought together by a piece of a name most are dropped here.
-- Reads: duplicate_match, clients_client, clients_duplicatekey. Writes: the temporary table duplicate_known.
-- Parameters: similar_from.
CREATE TEMPORARY TABLE duplicate_known ON COMMIT DROP AS
WITH pair AS (
    SELECT one_id,
           other_id,
           bool_or(kind = 'inn') AS has_inn,
           bool_or(kind = 'name') AS has_name,
           bool_or(kind <> 'block') AS has_value
    FROM duplicate_match
    GROUP BY one_id, other_id
),
measured AS MATERIALIZED (
    SELECT pair.*,
           lower(one.city) AS one_city,
           lower(other.city) AS other_city,
           similarity(one.name_key, other.name_key)::numeric AS likeness
    FROM pair
    JOIN clients_client one ON one.id = pair.one_id AND one.merged_into_id IS NULL
    JOIN clients_client other ON other.id = pair.other_id AND other.merged_into_id IS NULL
)
SELECT one_id,
       other_id,
       has_name,
       likeness,
       one_city <> '' AND one_city = other_city AS in_same_city,
       one_city <> '' AND other_city <> '' AND one_city <> other_city AS in_other_city,
       NOT has_inn
       AND EXISTS (SELECT FROM clients_duplicatekey own WHERE own.client_id = one_id AND own.kind = 'inn')
       AND EXISTS (SELECT FROM clients_duplicatekey own WHERE own.client_id = other_id AND own.kind = 'inn')
           AS has_other_inn
FROM measured
WHERE has_value OR likeness >= %(similar_from)s
