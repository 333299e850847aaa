-- Grain: one row per client whose status is judged tonight; the temporary table night_client.
-- A client is judged when its purchases changed (pending), its next day has come, it entered or left TOP tonight, a
-- person archived it or took that back, it is lost and its recovery was closed often enough (archive_cycles), or
-- (everybody) in a night with new rules. Parameters: as_of, everybody, archive_cycles.
CREATE TEMPORARY TABLE night_client ON COMMIT DROP AS
SELECT client.id AS client_id,
       client.archived_on,
       EXISTS (SELECT 1 FROM segmentation_pendingclient pending WHERE pending.client_id = client.id) AS is_pending
FROM clients_client client
WHERE client.merged_into_id IS NULL
  AND client.id IN (
      SELECT client_id FROM segmentation_pendingclient
      UNION ALL
      SELECT client_id FROM segmentation_clientstate WHERE next_on <= %(as_of)s
      UNION ALL
      SELECT client_id FROM segmentation_topmembership WHERE entered_on = %(as_of)s OR left_on = %(as_of)s
      UNION ALL
      SELECT id FROM clients_client WHERE archived_on <= %(as_of)s
      UNION ALL
      SELECT client_id FROM segmentation_clientstate WHERE archived_by_hand
      UNION ALL
      SELECT state.client_id
      FROM segmentation_clientstate state
      JOIN segmentation_zerocase cycle ON cycle.client_id = state.client_id
      WHERE state.silence = 'lost'
        AND cycle.state = 'closed'
        AND cycle.handed_on IS NOT NULL
        AND cycle.silent_since >= state.last_purchase_on
      GROUP BY state.client_id
      HAVING count(*) >= %(archive_cycles)s
      UNION ALL
      SELECT client_id FROM segmentation_clientstate WHERE %(everybody)s
  )
