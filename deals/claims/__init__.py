"""What clients complain of: the record beside a deal of the claims pipeline, its terms and figures (R192-R194)."""
