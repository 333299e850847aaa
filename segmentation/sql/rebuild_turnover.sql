-- Grain: legal entity and month, all history; months of amount 0 are not stored.
-- Reads: clients_shipment up to as_of. Writes: segmentation_monthlyturnover, only rows that differ, and what differs
-- into segmentation_touchedpair. Parameters: as_of.
WITH fresh AS (
    SELECT legal_entity_id, date_trunc('month', day::timestamp)::date AS month, sum(total) AS amount
    FROM clients_shipment
    WHERE day <= %(as_of)s
    GROUP BY 1, 2
    HAVING sum(total) <> 0
),
different AS MATERIALIZED (
    SELECT stored.id,
           coalesce(fresh.legal_entity_id, stored.legal_entity_id) AS legal_entity_id,
           coalesce(fresh.month, stored.month) AS month,
           fresh.amount
    FROM fresh
    FULL JOIN segmentation_monthlyturnover stored
      ON stored.legal_entity_id = fresh.legal_entity_id AND stored.month = fresh.month
    WHERE stored.amount IS DISTINCT FROM fresh.amount
),
gone AS (
    DELETE FROM segmentation_monthlyturnover
    WHERE id = ANY (ARRAY(SELECT id FROM different WHERE amount IS NULL))
),
changed AS (
    INSERT INTO segmentation_monthlyturnover AS stored (legal_entity_id, month, amount)
    SELECT legal_entity_id, month, amount FROM different WHERE amount IS NOT NULL
    ON CONFLICT (legal_entity_id, month) DO UPDATE SET amount = excluded.amount
)
INSERT INTO segmentation_touchedpair (legal_entity_id, month)
SELECT legal_entity_id, month FROM different
