-- Grain: one case closed or handed over in the night as_of or later: open again as it stood on the evening before.
-- Writes: segmentation_zerocase (a trial that is rolled back). Parameters: as_of.
UPDATE segmentation_zerocase
SET state = CASE WHEN handed_on <= %(as_of)s THEN 'handed_over' ELSE 'waiting' END,
    handed_on = CASE WHEN handed_on <= %(as_of)s THEN handed_on END,
    closed_on = NULL, bought_on = NULL, returned_on = NULL, returned_to_id = NULL, recovered_until = NULL
WHERE closed_on >= %(as_of)s OR (closed_on IS NULL AND handed_on > %(as_of)s)
