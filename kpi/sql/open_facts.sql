-- Grain: measure, person and client (empty: of no client); the work table kpi_fact. Made once in a transaction: many nights may run in
-- one (dry run), and a table that was dropped holds its locks to the end.
CREATE TEMPORARY TABLE IF NOT EXISTS kpi_fact (
    measure text NOT NULL,
    employee_id bigint NOT NULL,
    client_id bigint,
    value numeric NOT NULL
) ON COMMIT DROP
