-- Grain: one row: clients in the TOP cells, within the cap by turnover, and their net turnover. Reads: night_class.
-- Parameters: cells, cap (NULL: none).
SELECT count(*)::int AS clients, coalesce(sum(turnover), 0) AS turnover
FROM (
    SELECT turnover
    FROM night_class
    WHERE abc || xyz = ANY(%(cells)s::text[])
    ORDER BY turnover DESC, client_id
    LIMIT %(cap)s
) chosen
