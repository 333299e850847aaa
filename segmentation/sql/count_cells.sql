-- Grain: one row per cell of the matrix (letters or empty) with clients and net turnover of the window.
-- Reads: segmentation_classification (open rows).
SELECT abc, xyz, count(*)::int AS clients, sum(turnover) AS turnover
FROM segmentation_classification
WHERE until IS NULL
GROUP BY abc, xyz
