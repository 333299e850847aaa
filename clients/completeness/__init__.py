"""Completeness and correctness of what is known of clients: written, explained field by field, summed up (R4, R5)."""
