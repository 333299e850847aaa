-- Grain: one case per client that was due and is so no more (it bought, is excluded, archived, owned by somebody who
-- keeps it).
-- Left as they are: clients named in due_ids. Writes: segmentation_zerocase. Parameters: as_of, due_ids.
UPDATE segmentation_zerocase
SET state = 'withdrawn', closed_on = %(as_of)s, night = %(as_of)s
WHERE state IN ('waiting', 'order_in_work', 'head_list', 'proposed')
  AND NOT (client_id = ANY(%(due_ids)s::bigint[]))
