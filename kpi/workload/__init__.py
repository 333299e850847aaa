"""Who carries how much, levelling, and what becomes of the work of a person who leaves (R208-R212, R354)."""
