-- Lets the planner know how many values are shared.
ANALYZE duplicate_match
