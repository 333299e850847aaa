-- Grain: one reason of a pair with its weight: the share of certainty it gives alone.
-- INN .97, e-mail .80, phone and messenger .75, site .60. A name weighs .75; .85 in the same city, .60 in different
-- ones, .35 when both have an INN and none in common. A similar name weighs .85 of what its trigram similarity is above
-- .4, a fifth more in the same city, .6 of that in different ones, .4 of it with different INNs; it counts from the
-- limit on, and only where the names are not equal anyway.
-- Reads: duplicate_match, duplicate_known. Writes: the temporary table duplicate_reason.
-- Parameters: similar_from.
CREATE TEMPORARY TABLE duplicate_reason ON COMMIT DROP AS
WITH same AS (
    SELECT matched.one_id,
           matched.other_id,
           CASE WHEN matched.kind = 'name' AND matched.is_mistyped THEN 'layout' ELSE matched.kind END AS kind,
           matched.value,
           CASE matched.kind
               WHEN 'inn' THEN 0.97
               WHEN 'email' THEN 0.80
               WHEN 'phone' THEN 0.75
               WHEN 'messenger' THEN 0.75
               WHEN 'site' THEN 0.60
               ELSE CASE
                   WHEN known.has_other_inn THEN 0.35
                   WHEN known.in_same_city THEN 0.85
                   WHEN known.in_other_city THEN 0.60
                   ELSE 0.75
               END
           END AS weight
    FROM duplicate_match matched
    JOIN duplicate_known known ON known.one_id = matched.one_id AND known.other_id = matched.other_id
    WHERE matched.kind <> 'block'
),
alike AS (
    SELECT one_id,
           other_id,
           'similar' AS kind,
           '' AS value,
           round(
               0.85 * (likeness - 0.4) / 0.6
               * CASE
                   WHEN has_other_inn THEN 0.4
                   WHEN in_same_city THEN 1.2
                   WHEN in_other_city THEN 0.6
                   ELSE 1
               END,
               3
           ) AS weight
    FROM duplicate_known
    WHERE NOT has_name AND likeness >= %(similar_from)s
)
SELECT one_id, other_id, kind, value, weight FROM same
UNION ALL
SELECT one_id, other_id, kind, value, weight FROM alike
