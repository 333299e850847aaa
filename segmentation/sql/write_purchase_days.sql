-- Grain: legal entity and day with a purchase document (net total > 0), days of the touched pairs only.
-- Reads: clients_shipment up to as_of. Writes: segmentation_purchaseday, only rows that change. Parameters: as_of.
WITH pair AS (
    SELECT legal_entity_id, month, (month + interval '1 month')::date AS next_month
    FROM segmentation_touchedpair
),
fresh AS (
    SELECT pair.legal_entity_id, document.day, count(*) AS documents, sum(document.total) AS amount
    FROM pair
    JOIN clients_shipment document
      ON document.legal_entity_id = pair.legal_entity_id
     AND document.day >= pair.month
     AND document.day < pair.next_month
     AND document.day <= %(as_of)s
    WHERE document.total > 0
    GROUP BY pair.legal_entity_id, document.day
),
gone AS (
    DELETE FROM segmentation_purchaseday stored
    USING pair
    WHERE stored.legal_entity_id = pair.legal_entity_id
      AND stored.day >= pair.month
      AND stored.day < pair.next_month
      AND NOT EXISTS (
          SELECT 1 FROM fresh
          WHERE fresh.legal_entity_id = stored.legal_entity_id AND fresh.day = stored.day
      )
)
INSERT INTO segmentation_purchaseday AS stored (legal_entity_id, day, documents, amount)
SELECT legal_entity_id, day, documents, amount FROM fresh
ON CONFLICT (legal_entity_id, day) DO UPDATE SET documents = excluded.documents, amount = excluded.amount
WHERE (stored.documents, stored.amount) IS DISTINCT FROM (excluded.documents, excluded.amount)
