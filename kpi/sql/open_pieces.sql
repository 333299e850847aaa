-- Grain: what an own report adds up, not finer than its parts ask for; the work table kpi_piece. Made once in a transaction:
-- many letters may be written in one, and a table that was dropped holds its locks to the end.
CREATE TEMPORARY TABLE IF NOT EXISTS kpi_piece (
    month_id date NOT NULL,
    measure text NOT NULL,
    employee_id bigint NOT NULL,
    branch_id bigint NOT NULL,
    department_id bigint,
    client_group text NOT NULL,
    segment_id bigint,
    direction_id bigint,
    client_id bigint,
    region text NOT NULL,
    value numeric NOT NULL
) ON COMMIT DROP
