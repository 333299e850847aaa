-- Grain: one undecided case per client that has bought since, or whose silence is reckoned from another purchase by
-- now; one for an invoice not confirmed when there is any purchase at all.
-- Writes: segmentation_zerocase. Parameters: as_of.
UPDATE segmentation_zerocase gone
SET state = 'withdrawn', closed_on = %(as_of)s, night = %(as_of)s
WHERE gone.state IN ('waiting', 'order_in_work', 'head_list', 'proposed')
  AND CASE
      WHEN gone.rule = 'unconfirmed_invoice' THEN EXISTS (
          SELECT 1
          FROM segmentation_clientstate state
          WHERE state.client_id = gone.client_id AND state.last_purchase_on IS NOT NULL
      )
      ELSE NOT EXISTS (
          SELECT 1
          FROM segmentation_clientstate state
          WHERE state.client_id = gone.client_id
            AND state.last_purchase_on = gone.silent_since
            AND state.status IN ('zero', 'lost')
      )
  END
