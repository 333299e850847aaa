-- Grain: purchase days of as_of and later are forgotten. Writes: segmentation_purchaseday (a trial that is rolled
-- back).
-- Parameters: as_of.
DELETE FROM segmentation_purchaseday WHERE day >= %(as_of)s
