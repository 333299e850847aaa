"""The organisation: posts of the plan, who holds them, two lines of subordination, versions that were approved."""
