-- Grain: one row per cell (letters or empty) with clients and net turnover. Reads: night_class.
SELECT abc, xyz, count(*)::int AS clients, sum(turnover) AS turnover
FROM night_class
GROUP BY abc, xyz
