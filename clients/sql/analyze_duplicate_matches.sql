-- Lets the planner know how many pairs share a value.
ANALYZE duplicate_match
