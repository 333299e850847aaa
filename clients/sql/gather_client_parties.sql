-- One row per client as the file names it. Reads client_row; writes intake_party.
CREATE TEMP TABLE intake_party ON COMMIT DROP AS
SELECT
    party,
    CASE left(party, 1) WHEN 'c' THEN substr(party, 2) WHEN 'n' THEN 'name:' || substr(party, 2) ELSE '' END AS code,
    coalesce(max(inn), '') AS inn,
    max(kpp) AS kpp,
    coalesce((array_agg(name ORDER BY row) FILTER (WHERE name IS NOT NULL))[1], '') AS name,
    coalesce((array_agg(legal_name ORDER BY row) FILTER (WHERE legal_name IS NOT NULL))[1], '') AS legal_name,
    min(row) AS first_row
FROM client_row
GROUP BY party
