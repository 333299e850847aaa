"""Reconciliation of the base: likely duplicates, empty fields, dead points, differences from sources, as tasks (R6)."""
