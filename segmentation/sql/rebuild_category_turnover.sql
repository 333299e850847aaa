-- Grain: legal entity, month and category (NULL: unidentified), all history; amounts of 0 are not stored.
-- Reads: clients_shipment up to as_of, clients_shipmentline, clients_product. Writes: segmentation_categoryturnover,
-- only rows that differ (an insert that finds each of a million rows unchanged locks it: 12 times a scan of all lines).
-- Parameters: as_of.
WITH fresh AS (
    SELECT document.legal_entity_id,
           date_trunc('month', document.day::timestamp)::date AS month,
           product.category_id,
           sum(line.amount) AS amount
    FROM clients_shipment document
    JOIN clients_shipmentline line ON line.shipment_id = document.id
    LEFT JOIN clients_product product ON product.id = line.product_id
    WHERE document.day <= %(as_of)s
    GROUP BY 1, 2, 3
    HAVING sum(line.amount) <> 0
),
different AS MATERIALIZED (
    SELECT stored.id,
           coalesce(fresh.legal_entity_id, stored.legal_entity_id) AS legal_entity_id,
           coalesce(fresh.month, stored.month) AS month,
           CASE WHEN fresh.amount IS NULL THEN stored.category_id ELSE fresh.category_id END AS category_id,
           fresh.amount
    FROM fresh
    FULL JOIN segmentation_categoryturnover stored
      ON stored.legal_entity_id = fresh.legal_entity_id
     AND stored.month = fresh.month
     AND coalesce(stored.category_id, 0) = coalesce(fresh.category_id, 0)
    WHERE stored.amount IS DISTINCT FROM fresh.amount
),
gone AS (
    DELETE FROM segmentation_categoryturnover
    WHERE id = ANY (ARRAY(SELECT id FROM different WHERE amount IS NULL))
)
INSERT INTO segmentation_categoryturnover AS stored (legal_entity_id, month, category_id, amount)
SELECT legal_entity_id, month, category_id, amount FROM different WHERE amount IS NOT NULL
ON CONFLICT (legal_entity_id, month, category_id) DO UPDATE SET amount = excluded.amount
