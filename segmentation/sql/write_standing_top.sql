-- Grain: client. Writes: clients_standing.top; only rows that change, locked in the order of clients before, as
-- people's acts lock them. Reads: segmentation_topmembership.
WITH differing AS MATERIALIZED (
    SELECT standing.client_id
    FROM clients_standing standing
    WHERE standing.top <> EXISTS (
        SELECT 1 FROM segmentation_topmembership member
        WHERE member.client_id = standing.client_id AND member.left_on IS NULL
    )
),
changed AS (
    SELECT standing.client_id
    FROM differing
    JOIN clients_standing standing ON standing.client_id = differing.client_id
    ORDER BY standing.client_id
    FOR NO KEY UPDATE OF standing
)
UPDATE clients_standing standing
SET top = NOT standing.top
FROM changed
WHERE changed.client_id = standing.client_id
