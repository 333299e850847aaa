-- Grain: legal entity and month, all history; months of amount 0 are not stored.
-- Reads: clients_shipment up to as_of. Writes: segmentation_monthlyturnover, only rows that change, and what changed into
-- segmentation_touchedpair. Parameters: as_of.
WITH fresh AS MATERIALIZED (
    SELECT legal_entity_id, date_trunc('month', day::timestamp)::date AS month, sum(total) AS amount
    FROM clients_shipment
    WHERE day <= %(as_of)s
    GROUP BY 1, 2
    HAVING sum(total) <> 0
),
gone AS (
    DELETE FROM segmentation_monthlyturnover stored
    WHERE NOT EXISTS (
        SELECT 1 FROM fresh
        WHERE fresh.legal_entity_id = stored.legal_entity_id AND fresh.month = stored.month
    )
    RETURNING stored.legal_entity_id, stored.month
),
changed AS (
    INSERT INTO segmentation_monthlyturnover AS stored (legal_entity_id, month, amount)
    SELECT fresh.legal_entity_id, fresh.month, fresh.amount
    FROM fresh
    LEFT JOIN segmentation_monthlyturnover same
      ON same.legal_entity_id = fresh.legal_entity_id AND same.month = fresh.month
    WHERE same.amount IS DISTINCT FROM fresh.amount
    ON CONFLICT (legal_entity_id, month) DO UPDATE SET amount = excluded.amount
    RETURNING stored.legal_entity_id, stored.month
)
INSERT INTO segmentation_touchedpair (legal_entity_id, month)
SELECT legal_entity_id, month FROM gone
UNION ALL
SELECT legal_entity_id, month FROM changed
