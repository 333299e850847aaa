"""A slow, plain re-computation of the night's rules, held against the product night by night.

Nothing here imports the rules of the product, uses SQL or rounds: dates, Decimal and Fraction only.
"""
