-- Grain: client of whom something is not known that counts by the rules in force. Open lines say what is still not known
-- and are settled when nothing is; with adds, those of all reconciliations are settled, and what was found becomes lines
-- of this one. Without, only lines of this one are looked at whose client's completeness has moved since they were
-- written. Archived, joined and lost clients are left out. Lines somebody is writing are left alone.
-- Reads: clients_completenessfield, clients_client, clients_standing. Writes: deals_reconciliationline.
-- Parameters: reconciliation, today, adds; parts (that count, in their order).
WITH asked AS (
    SELECT line.id, line.client_id
    FROM deals_reconciliationline line
    LEFT JOIN clients_standing standing ON standing.client_id = line.client_id
    WHERE line.kind = 'empty'
      AND line.settled_on IS NULL
      AND (
          %(adds)s
          OR (
              line.reconciliation_id = %(reconciliation)s
              AND (line.about ->> 'completeness')::numeric IS DISTINCT FROM standing.completeness
          )
      )
),
blank AS (
    SELECT client.id AS client_id, standing.completeness, weighed.part, min(weighed.place) AS place
    FROM clients_client client
    JOIN clients_standing standing ON standing.client_id = client.id
    JOIN clients_completenessfield field ON field.client_id = client.id
    JOIN unnest(%(parts)s::text[]) WITH ORDINALITY AS weighed (part, place) ON weighed.part = field.part
    WHERE client.merged_into_id IS NULL
      AND standing.life_cycle NOT IN ('archived', 'lost')
      AND NOT field.is_filled
      AND (%(adds)s OR client.id IN (SELECT asked.client_id FROM asked))
    GROUP BY client.id, standing.completeness, weighed.part
),
found AS (
    SELECT
        client_id,
        jsonb_build_object('parts', jsonb_agg(part ORDER BY place), 'completeness', completeness) AS about
    FROM blank
    GROUP BY client_id, completeness
),
moved AS (
    SELECT line.id, found.about
    FROM deals_reconciliationline line
    JOIN asked ON asked.id = line.id
    LEFT JOIN found ON found.client_id = line.client_id
    WHERE found.client_id IS NULL OR (NOT %(adds)s AND found.about <> line.about)
    ORDER BY line.id
    FOR NO KEY UPDATE OF line SKIP LOCKED
),
told AS (
    UPDATE deals_reconciliationline line
    SET about = coalesce(moved.about, line.about),
        settled_on = CASE WHEN moved.about IS NULL THEN %(today)s::date END
    FROM moved
    WHERE line.id = moved.id
)
INSERT INTO deals_reconciliationline AS known (reconciliation_id, kind, client_id, about)
SELECT %(reconciliation)s, 'empty', found.client_id, found.about
FROM found
WHERE %(adds)s
ON CONFLICT (reconciliation_id, kind, client_id, other_id) DO UPDATE
SET about = excluded.about, settled_on = NULL
WHERE known.about <> excluded.about OR known.settled_on IS NOT NULL
