-- Grain: legal entity, month and category (NULL: unidentified), the touched pairs only; amounts of 0 are not stored.
-- Reads: clients_shipment up to as_of, clients_shipmentline, clients_product. Writes: segmentation_categoryturnover.
-- Parameters: as_of.
WITH pair AS (
    SELECT legal_entity_id, month, (month + interval '1 month')::date AS next_month
    FROM segmentation_touchedpair
),
fresh AS (
    SELECT pair.legal_entity_id, pair.month, product.category_id, sum(line.amount) AS amount
    FROM pair
    JOIN clients_shipment document
      ON document.legal_entity_id = pair.legal_entity_id
     AND document.day >= pair.month
     AND document.day < pair.next_month
     AND document.day <= %(as_of)s
    JOIN clients_shipmentline line ON line.shipment_id = document.id
    LEFT JOIN clients_product product ON product.id = line.product_id
    GROUP BY pair.legal_entity_id, pair.month, product.category_id
    HAVING sum(line.amount) <> 0
),
gone AS (
    DELETE FROM segmentation_categoryturnover stored
    USING pair
    WHERE stored.legal_entity_id = pair.legal_entity_id
      AND stored.month = pair.month
      AND NOT EXISTS (
          SELECT 1 FROM fresh
          WHERE fresh.legal_entity_id = stored.legal_entity_id
            AND fresh.month = stored.month
            AND fresh.category_id IS NOT DISTINCT FROM stored.category_id
      )
)
INSERT INTO segmentation_categoryturnover AS stored (legal_entity_id, month, category_id, amount)
SELECT legal_entity_id, month, category_id, amount FROM fresh
ON CONFLICT (legal_entity_id, month, category_id) DO UPDATE SET amount = excluded.amount
WHERE stored.amount IS DISTINCT FROM excluded.amount
