-- Grain: one row per client with a class in force, a class on trial or a place on the TOP list: before and after.
-- Makes the temporary table trial_class. Reads: night_class, segmentation_classification, segmentation_topmembership,
-- clients_client. Parameters: night (whose classes are in force), cells, cap (NULL: none), branch (NULL: all).
-- A cell is two letters, a dash for each missing one. TOP on trial is cells and cap alone.
CREATE TEMPORARY TABLE trial_class ON COMMIT DROP AS
WITH held AS (
    SELECT client_id, abc, xyz, turnover
    FROM segmentation_classification
    WHERE since <= %(night)s AND (until IS NULL OR until > %(night)s)
),
member AS (
    SELECT client_id
    FROM segmentation_topmembership
    WHERE entered_on <= %(night)s AND (left_on IS NULL OR left_on > %(night)s)
),
chosen AS (
    SELECT client_id
    FROM night_class
    WHERE abc || xyz = ANY(%(cells)s::text[])
    ORDER BY turnover DESC, client_id
    LIMIT %(cap)s
)
SELECT client.id AS client_id,
       coalesce(nullif(held.abc, ''), '-') || coalesce(nullif(held.xyz, ''), '-') AS before,
       coalesce(nullif(fresh.abc, ''), '-') || coalesce(nullif(fresh.xyz, ''), '-') AS after,
       coalesce(held.turnover, 0) AS had,
       coalesce(fresh.turnover, 0) AS has,
       member.client_id IS NOT NULL AS was_top,
       chosen.client_id IS NOT NULL AS is_top
FROM held
FULL JOIN night_class fresh ON fresh.client_id = held.client_id
FULL JOIN member ON member.client_id = coalesce(held.client_id, fresh.client_id)
LEFT JOIN chosen ON chosen.client_id = fresh.client_id
JOIN clients_client client
  ON client.id = coalesce(held.client_id, fresh.client_id, member.client_id) AND client.merged_into_id IS NULL
WHERE %(branch)s::bigint IS NULL OR client.branch_id = %(branch)s::bigint
