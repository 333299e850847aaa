"""Clients that may be one: finding them, showing them side by side, joining and parting them (R2, R6, R7)."""
