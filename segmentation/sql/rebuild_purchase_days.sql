-- Grain: legal entity and day with a purchase document (net total > 0), all history.
-- Reads: clients_shipment up to as_of. Writes: segmentation_purchaseday, only rows that change, and their months into
-- segmentation_touchedpair. Parameters: as_of.
WITH fresh AS MATERIALIZED (
    SELECT legal_entity_id, day, count(*) AS documents, sum(total) AS amount
    FROM clients_shipment
    WHERE day <= %(as_of)s AND total > 0
    GROUP BY legal_entity_id, day
),
gone AS (
    DELETE FROM segmentation_purchaseday stored
    WHERE NOT EXISTS (
        SELECT 1 FROM fresh WHERE fresh.legal_entity_id = stored.legal_entity_id AND fresh.day = stored.day
    )
    RETURNING stored.legal_entity_id, stored.day
),
changed AS (
    INSERT INTO segmentation_purchaseday AS stored (legal_entity_id, day, documents, amount)
    SELECT fresh.legal_entity_id, fresh.day, fresh.documents, fresh.amount
    FROM fresh
    LEFT JOIN segmentation_purchaseday same
      ON same.legal_entity_id = fresh.legal_entity_id AND same.day = fresh.day
    WHERE (same.documents, same.amount) IS DISTINCT FROM (fresh.documents, fresh.amount)
    ON CONFLICT (legal_entity_id, day) DO UPDATE SET documents = excluded.documents, amount = excluded.amount
    RETURNING stored.legal_entity_id, stored.day
)
INSERT INTO segmentation_touchedpair (legal_entity_id, month)
SELECT DISTINCT legal_entity_id, date_trunc('month', day::timestamp)::date
FROM (SELECT legal_entity_id, day FROM gone UNION ALL SELECT legal_entity_id, day FROM changed) touched
