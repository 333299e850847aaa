-- Grain: one row: members of the TOP list and their net turnover of the window.
-- Reads: segmentation_topmembership (open rows), clients_standing.
SELECT count(*)::int AS clients, coalesce(sum(standing.turnover), 0) AS turnover
FROM segmentation_topmembership member
JOIN clients_standing standing ON standing.client_id = member.client_id
WHERE member.left_on IS NULL
