-- Grain: client. Writes: clients_standing.top; only rows that change. Reads: segmentation_topmembership.
UPDATE clients_standing standing
SET top = NOT standing.top
WHERE standing.top <> EXISTS (
    SELECT 1 FROM segmentation_topmembership member
    WHERE member.client_id = standing.client_id AND member.left_on IS NULL
)
