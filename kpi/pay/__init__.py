"""Pay: schemes by date, what they make of the results of a month, sheets kept when a month is closed (R253-R265)."""
