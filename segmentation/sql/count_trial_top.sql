-- Grain: one row: the TOP list in force beside the TOP classes on trial, within the cap. Reads: trial_class.
SELECT count(*) FILTER (WHERE was_top)::int AS now,
       count(*) FILTER (WHERE is_top)::int AS then,
       count(*) FILTER (WHERE is_top AND NOT was_top)::int AS entered,
       count(*) FILTER (WHERE was_top AND NOT is_top)::int AS left,
       coalesce(sum(has) FILTER (WHERE is_top), 0) AS turnover
FROM trial_class
