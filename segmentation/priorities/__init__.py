"""Priorities of the year and of two weeks: score, strategic list, focus list, preparation for a talk (G05)."""
