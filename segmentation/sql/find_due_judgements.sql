-- Grain: one row: is there a client to be judged by its purchases, by the calendar, by TOP or by closed recovery?
-- Parameters: as_of, archive_cycles.
SELECT EXISTS (SELECT 1 FROM segmentation_pendingclient) AS pending,
       EXISTS (SELECT 1 FROM segmentation_clientstate WHERE next_on <= %(as_of)s) AS by_calendar,
       EXISTS (
           SELECT 1 FROM segmentation_topmembership WHERE entered_on = %(as_of)s OR left_on = %(as_of)s
       ) AS by_top,
       EXISTS (
           SELECT 1
           FROM segmentation_clientstate state
           JOIN segmentation_zerocase cycle ON cycle.client_id = state.client_id
           WHERE state.silence = 'lost'
             AND cycle.state = 'closed'
             AND cycle.handed_on IS NOT NULL
             AND cycle.silent_since >= state.last_purchase_on
           GROUP BY state.client_id
           HAVING count(*) >= %(archive_cycles)s
       ) AS by_cycles
