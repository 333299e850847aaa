-- Grain: pair of likely duplicates that waits for a decision, on the client that bought last, else that with the smaller
-- number. Lines whose pair no longer waits are settled; with adds, of all reconciliations, and the pairs become lines of
-- this one; without, only of this one. Archived and joined clients are left out. Lines somebody is writing are left alone.
-- Reads: clients_duplicatepair, clients_client, clients_standing. Writes: deals_reconciliationline.
-- Parameters: reconciliation, today, adds.
WITH found AS (
    SELECT
        CASE WHEN bought.other_later THEN pair.other_id ELSE pair.one_id END AS client_id,
        CASE WHEN bought.other_later THEN pair.one_id ELSE pair.other_id END AS other_id,
        jsonb_build_object('likeness', pair.likeness) AS about
    FROM clients_duplicatepair pair
    JOIN clients_client one ON one.id = pair.one_id
    JOIN clients_client other ON other.id = pair.other_id
    JOIN clients_standing one_stands ON one_stands.client_id = one.id
    JOIN clients_standing other_stands ON other_stands.client_id = other.id
    CROSS JOIN LATERAL (
        SELECT coalesce(other_stands.last_purchase_on, '-infinity') > coalesce(one_stands.last_purchase_on, '-infinity')
    ) AS bought (other_later)
    WHERE pair.state = 'open'
      AND one.merged_into_id IS NULL AND one_stands.life_cycle <> 'archived'
      AND other.merged_into_id IS NULL AND other_stands.life_cycle <> 'archived'
),
gone AS (
    SELECT line.id
    FROM deals_reconciliationline line
    WHERE line.kind = 'duplicate'
      AND line.settled_on IS NULL
      AND (%(adds)s OR line.reconciliation_id = %(reconciliation)s)
      AND NOT EXISTS (
          SELECT FROM found
          WHERE least(found.client_id, found.other_id) = least(line.client_id, line.other_id)
            AND greatest(found.client_id, found.other_id) = greatest(line.client_id, line.other_id)
      )
    ORDER BY line.id
    FOR NO KEY UPDATE OF line SKIP LOCKED
),
settled AS (
    UPDATE deals_reconciliationline line
    SET settled_on = %(today)s::date
    FROM gone
    WHERE line.id = gone.id
)
INSERT INTO deals_reconciliationline AS known (reconciliation_id, kind, client_id, other_id, about)
SELECT %(reconciliation)s, 'duplicate', found.client_id, found.other_id, found.about
FROM found
WHERE %(adds)s
  AND NOT EXISTS (
      SELECT FROM deals_reconciliationline turned
      WHERE turned.reconciliation_id = %(reconciliation)s
        AND turned.kind = 'duplicate'
        AND turned.client_id = found.other_id
        AND turned.other_id = found.client_id
        AND turned.settled_on IS NULL
  )
ON CONFLICT (reconciliation_id, kind, client_id, other_id) DO UPDATE
SET about = excluded.about, settled_on = NULL
WHERE known.about <> excluded.about OR known.settled_on IS NOT NULL
