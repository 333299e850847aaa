-- Clients in work on the month's first day: those that had bought and were neither lost nor archived by the last night
-- before it (before the first night: those that had bought within 12 months). Denominator of coverage and active share.
-- Reads: kpi_client, segmentation_statuschange, segmentation_purchaseday. Writes: kpi_fact. Parameters: month.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT 'clients', client.base_owner_id, client.client_id, 1
FROM kpi_client client
LEFT JOIN (
    SELECT DISTINCT ON (change.client_id) change.client_id, change.after
    FROM segmentation_statuschange change
    WHERE change.as_of < %(month)s::date
    ORDER BY change.client_id, change.as_of DESC
) known ON known.client_id = client.client_id
WHERE client.owned_from <= %(month)s::date
  AND (client.archived_on IS NULL OR client.archived_on > %(month)s::date)
  AND client.first_purchase_on < %(month)s::date
  AND CASE
          WHEN known.client_id IS NOT NULL THEN known.after IN ('new', 'active', 'zero')
          ELSE EXISTS (
              SELECT 1
              FROM clients_legalentity entity
              JOIN segmentation_purchaseday bought ON bought.legal_entity_id = entity.id
              WHERE entity.client_id = client.client_id
                AND bought.day >= %(month)s::date - interval '12 months'
                AND bought.day < %(month)s::date
          )
      END
