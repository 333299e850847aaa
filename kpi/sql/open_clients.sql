-- Grain: one row per client; the work table kpi_client. Made once in a transaction: many nights may run in
-- one (dry run), and a table that was dropped holds its locks to the end.
CREATE TEMPORARY TABLE IF NOT EXISTS kpi_client (
    client_id bigint NOT NULL,
    segment_id bigint,
    owned_from date,
    archived_on date,
    client_group text NOT NULL,
    first_purchase_on date,
    first_owner_id bigint NOT NULL,
    base_owner_id bigint NOT NULL,
    last_owner_id bigint NOT NULL
) ON COMMIT DROP
