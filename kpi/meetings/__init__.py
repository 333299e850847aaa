"""Meetings of the sales department: who met, what was decided, what became of it (R273-R276)."""
