-- Grain: one row about the touched pairs: how many, and how many of them lie in closed months.
-- Parameters: window_end (first day of the first month that is not closed).
SELECT count(*) AS pairs, count(*) FILTER (WHERE month < %(window_end)s) AS closed
FROM segmentation_touchedpair
