-- Lets the planner know how many pairs are left to be weighed.
ANALYZE duplicate_known
