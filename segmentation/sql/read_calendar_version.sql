-- Grain: one row. What changes when a branch gets another day off or back. Reads: staff_calendarday.
SELECT count(*) AS days,
       coalesce(sum(hashint8(branch_id * 100000 + (day - '2000-01-01'::date))::bigint * (1 + is_working::int)), 0) AS known
FROM staff_calendarday
