-- One row per client as the file names it, with what its first document (by day, then row) says of it.
-- Reads order_line, intake_staged; writes intake_party.
CREATE TEMP TABLE intake_party ON COMMIT DROP AS
WITH party AS (
    SELECT
        party,
        min(day) AS first_day,
        min(((day - date '1900-01-01')::bigint << 32) | row) & 4294967295 AS first_row
    FROM order_line
    GROUP BY party
), named AS (
    SELECT l.party, max(s.client) AS name, max(s.inn) AS inn, max(s.kpp) AS kpp
    FROM order_line l
    JOIN intake_staged s USING (row)
    GROUP BY l.party
)
SELECT
    p.party,
    CASE left(p.party, 1) WHEN 'c' THEN substr(p.party, 2) WHEN 'n' THEN 'name:' || substr(p.party, 2) ELSE '' END AS code,
    coalesce(regexp_replace(n.inn, '\.0+$|\s', '', 'g'), '') AS inn,
    coalesce(regexp_replace(n.kpp, '\.0+$|\s', '', 'g'), '') AS kpp,
    coalesce(s.client, n.name, n.inn, substr(p.party, 2)) AS name,
    left(coalesce(s.city, ''), 100) AS city,
    left(coalesce(s.region, ''), 100) AS region,
    s.branch,
    s.salesperson,
    p.first_day,
    p.first_row
FROM party p
JOIN named n USING (party)
JOIN intake_staged s ON s.row = p.first_row
