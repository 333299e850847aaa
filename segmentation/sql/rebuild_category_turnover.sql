-- Grain: legal entity, month and category (NULL: unidentified), all history; amounts of 0 are not stored.
-- Reads: clients_shipment up to as_of, clients_shipmentline, clients_product. Writes: segmentation_categoryturnover.
-- Parameters: as_of.
WITH fresh AS MATERIALIZED (
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
gone AS (
    DELETE FROM segmentation_categoryturnover stored
    WHERE NOT EXISTS (
        SELECT 1 FROM fresh
        WHERE fresh.legal_entity_id = stored.legal_entity_id
          AND fresh.month = stored.month
          AND coalesce(fresh.category_id, 0) = coalesce(stored.category_id, 0)
    )
)
INSERT INTO segmentation_categoryturnover AS stored (legal_entity_id, month, category_id, amount)
SELECT legal_entity_id, month, category_id, amount FROM fresh
ON CONFLICT (legal_entity_id, month, category_id) DO UPDATE SET amount = excluded.amount
WHERE stored.amount IS DISTINCT FROM excluded.amount
