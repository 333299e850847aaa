"""Own reports: built from measures, cuts and a period, saved, shared, sent by letter (R270, R271)."""
