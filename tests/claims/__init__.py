"""Claims: registration, terms, decision, confirmation, figures (R192-R194)."""
