-- Grain: one row per document of the month; the work table kpi_document. Made once in a transaction: many nights may run in
-- one (dry run), and a table that was dropped holds its locks to the end.
CREATE TEMPORARY TABLE IF NOT EXISTS kpi_document (
    id bigint NOT NULL,
    day date NOT NULL,
    total numeric NOT NULL,
    client_id bigint NOT NULL,
    client_group text NOT NULL,
    segment_id bigint,
    employee_id bigint NOT NULL
) ON COMMIT DROP
