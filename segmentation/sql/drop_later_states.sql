-- Grain: states of clients that had no transition before as_of. Writes: segmentation_clientstate (a trial that is
-- rolled back). Transitions from as_of on are deleted before this. Parameters: as_of.
DELETE FROM segmentation_clientstate state
WHERE NOT EXISTS (
    SELECT 1 FROM segmentation_statuschange change
    WHERE change.client_id = state.client_id AND change.as_of < %(as_of)s
)
