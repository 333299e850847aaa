-- Writes: empties segmentation_touchedpair, the work list of the turnover step.
DELETE FROM segmentation_touchedpair
