-- Grain: one row per client whose share of the window's net turnover is above a limit in the night as_of, largest
-- first; ties: client id. level: 1 = above the warning, 2 = above the critical limit; level_before: the same in the
-- night `before` under the limits of then (NULL: no night before, level 0). The whole is the turnover of all clients
-- with a letter.
-- Reads: segmentation_classification, clients_client. Parameters: as_of, warning, critical, before, warning_before,
-- critical_before.
WITH tonight AS (
    SELECT client_id, turnover, sum(turnover) OVER () AS total
    FROM segmentation_classification
    WHERE abc <> '' AND since <= %(as_of)s AND (until IS NULL OR until > %(as_of)s)
),
earlier AS (
    SELECT client_id, turnover, sum(turnover) OVER () AS total
    FROM segmentation_classification
    WHERE abc <> '' AND since <= %(before)s::date AND (until IS NULL OR until > %(before)s::date)
),
judged AS (
    SELECT tonight.client_id,
           tonight.turnover / tonight.total AS share,
           CASE
               WHEN tonight.turnover > %(critical)s::numeric * tonight.total THEN 2
               WHEN tonight.turnover > %(warning)s::numeric * tonight.total THEN 1
               ELSE 0
           END AS level,
           CASE
               WHEN earlier.turnover > %(critical_before)s::numeric * earlier.total THEN 2
               WHEN earlier.turnover > %(warning_before)s::numeric * earlier.total THEN 1
               ELSE 0
           END AS level_before
    FROM tonight
    LEFT JOIN earlier ON earlier.client_id = tonight.client_id
)
SELECT judged.client_id, client.name, judged.share, judged.level, judged.level_before
FROM judged
JOIN clients_client client ON client.id = judged.client_id
WHERE judged.level > 0
ORDER BY judged.share DESC, judged.client_id
