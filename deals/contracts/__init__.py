"""Contracts with clients: their route of approval, versions, term (R195-R198)."""
