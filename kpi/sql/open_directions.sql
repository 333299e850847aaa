-- Grain: person, client and direction; the work table kpi_direction. Made once in a transaction: many nights may run in
-- one (dry run), and a table that was dropped holds its locks to the end.
CREATE TEMPORARY TABLE IF NOT EXISTS kpi_direction (
    employee_id bigint NOT NULL,
    client_id bigint NOT NULL,
    client_group text NOT NULL,
    direction_id bigint,
    value numeric NOT NULL
) ON COMMIT DROP
