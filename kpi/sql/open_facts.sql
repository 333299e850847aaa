-- Grain: measure, person and client (empty: of no client); the temporary table kpi_fact, filled by the add_… statements.
CREATE TEMPORARY TABLE kpi_fact (
    measure text NOT NULL,
    employee_id bigint NOT NULL,
    client_id bigint,
    value numeric NOT NULL
) ON COMMIT DROP
