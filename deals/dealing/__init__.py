"""Deals: what is being sold to a client, the way of each through its pipeline."""
