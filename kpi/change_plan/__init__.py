"""The plan of changes: what is still to be set up in the department, by blocks, and the yearly review (R377, R379)."""
