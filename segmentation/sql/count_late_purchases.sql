-- Grain: one row for the backlog guard: clients whose last purchase changed tonight to a day before the last done
-- night. Archived clients are in no guard.
-- Reads: night_state. Parameters: before (as_of of the last done night).
SELECT count(*) AS late
FROM night_state
WHERE last_on IS DISTINCT FROM last_before AND last_on < %(before)s AND status <> 'archived'
