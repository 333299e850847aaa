-- The work table of own reports, emptied for the next one.
TRUNCATE kpi_piece
