"""The night's ordered steps."""
