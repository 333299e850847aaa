"""Pipelines: which stages a deal goes through, what each asks for and what follows by itself."""
