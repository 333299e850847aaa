-- Grain: one returned case per client handed over anew: its recovered turnover ends with the new hand-over.
-- Writes: segmentation_zerocase.recovered_until. Parameters: client_ids, handed_on.
UPDATE segmentation_zerocase earlier
SET recovered_until = greatest(earlier.bought_on, %(handed_on)s)
WHERE earlier.client_id = ANY(%(client_ids)s::bigint[])
  AND earlier.state = 'returned'
  AND earlier.recovered_until > %(handed_on)s
