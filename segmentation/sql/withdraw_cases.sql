-- Grain: one case per client that was due and is so no more (it bought, is excluded, archived, owned by somebody who
-- keeps it).
-- Left as they are: clients of a source whose feed is broken, and clients named in due_ids. Writes:
-- segmentation_zerocase.
-- Parameters: as_of, due_ids, broken_sources.
UPDATE segmentation_zerocase gone
SET state = 'withdrawn', closed_on = %(as_of)s, night = %(as_of)s
WHERE gone.state IN ('waiting', 'order_in_work', 'head_list', 'proposed')
  AND NOT (gone.client_id = ANY(%(due_ids)s::bigint[]))
  AND NOT EXISTS (
      SELECT 1
      FROM segmentation_clientstate state
      JOIN clients_legalentity entity ON entity.client_id = state.client_id
      JOIN clients_shipment document ON document.legal_entity_id = entity.id
      WHERE state.client_id = gone.client_id
        AND state.last_purchase_on = gone.silent_since
        AND state.status IN ('zero', 'lost')
        AND document.day <= %(as_of)s
        AND document.source_id = ANY(%(broken_sources)s::bigint[])
  )
