-- Grain: legal entity and month, the touched pairs only; months of amount 0 are not stored.
-- Reads: clients_shipment up to as_of. Writes: segmentation_monthlyturnover, only rows that change. Parameters: as_of.
WITH pair AS (
    SELECT legal_entity_id, month, (month + interval '1 month')::date AS next_month
    FROM segmentation_touchedpair
),
fresh AS (
    SELECT pair.legal_entity_id, pair.month, sum(document.total) AS amount
    FROM pair
    JOIN clients_shipment document
      ON document.legal_entity_id = pair.legal_entity_id
     AND document.day >= pair.month
     AND document.day < pair.next_month
     AND document.day <= %(as_of)s
    GROUP BY pair.legal_entity_id, pair.month
    HAVING sum(document.total) <> 0
),
gone AS (
    DELETE FROM segmentation_monthlyturnover stored
    USING pair
    WHERE stored.legal_entity_id = pair.legal_entity_id
      AND stored.month = pair.month
      AND NOT EXISTS (
          SELECT 1 FROM fresh
          WHERE fresh.legal_entity_id = pair.legal_entity_id AND fresh.month = pair.month
      )
)
INSERT INTO segmentation_monthlyturnover AS stored (legal_entity_id, month, amount)
SELECT legal_entity_id, month, amount FROM fresh
ON CONFLICT (legal_entity_id, month) DO UPDATE SET amount = excluded.amount
WHERE stored.amount IS DISTINCT FROM excluded.amount
