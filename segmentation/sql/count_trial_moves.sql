-- Grain: one row per pair of cells (before, after) with clients and turnover of both. Reads: trial_class.
SELECT before, after, count(*)::int AS clients, sum(had) AS had, sum(has) AS has
FROM trial_class
GROUP BY before, after
ORDER BY clients DESC, before, after
