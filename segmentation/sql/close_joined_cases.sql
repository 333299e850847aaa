-- Grain: one open case per client that was joined into another one: it ends as joined. Writes: segmentation_zerocase.
-- Parameters: as_of.
UPDATE segmentation_zerocase joined
SET state = 'joined', closed_on = %(as_of)s, night = %(as_of)s
FROM clients_client client
WHERE client.id = joined.client_id
  AND client.merged_into_id IS NOT NULL
  AND joined.state IN ('waiting', 'order_in_work', 'head_list', 'proposed', 'handed_over')
