-- Lets the planner know how many values are shared: it guesses few and would join them row by row.
ANALYZE duplicate_value
