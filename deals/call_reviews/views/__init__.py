"""Pages of call reviews."""
