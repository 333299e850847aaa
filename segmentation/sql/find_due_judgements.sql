-- Grain: one row: is there a client to be judged by its purchases, by the calendar or by TOP? Parameters: as_of.
SELECT EXISTS (SELECT 1 FROM segmentation_pendingclient) AS pending,
       EXISTS (SELECT 1 FROM segmentation_clientstate WHERE next_on <= %(as_of)s) AS by_calendar,
       EXISTS (
           SELECT 1 FROM segmentation_topmembership WHERE entered_on = %(as_of)s OR left_on = %(as_of)s
       ) AS by_top
