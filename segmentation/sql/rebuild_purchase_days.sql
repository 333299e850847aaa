-- Grain: legal entity and day with a purchase document (net total > 0), all history.
-- Reads: clients_shipment up to as_of. Writes: segmentation_purchaseday, only rows that differ, and their months into
-- segmentation_touchedpair. Parameters: as_of.
WITH fresh AS (
    SELECT legal_entity_id, day, count(*) AS documents, sum(total) AS amount
    FROM clients_shipment
    WHERE day <= %(as_of)s AND total > 0
    GROUP BY legal_entity_id, day
),
different AS MATERIALIZED (
    SELECT stored.id,
           coalesce(fresh.legal_entity_id, stored.legal_entity_id) AS legal_entity_id,
           coalesce(fresh.day, stored.day) AS day,
           fresh.documents,
           fresh.amount
    FROM fresh
    FULL JOIN segmentation_purchaseday stored
      ON stored.legal_entity_id = fresh.legal_entity_id AND stored.day = fresh.day
    WHERE (stored.documents, stored.amount) IS DISTINCT FROM (fresh.documents, fresh.amount)
),
gone AS (
    DELETE FROM segmentation_purchaseday
    WHERE id = ANY (ARRAY(SELECT id FROM different WHERE amount IS NULL))
),
changed AS (
    INSERT INTO segmentation_purchaseday AS stored (legal_entity_id, day, documents, amount)
    SELECT legal_entity_id, day, documents, amount FROM different WHERE amount IS NOT NULL
    ON CONFLICT (legal_entity_id, day) DO UPDATE SET documents = excluded.documents, amount = excluded.amount
)
INSERT INTO segmentation_touchedpair (legal_entity_id, month)
SELECT DISTINCT legal_entity_id, date_trunc('month', day::timestamp)::date FROM different
