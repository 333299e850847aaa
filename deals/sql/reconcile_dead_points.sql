-- Grain: client with a dead phone and no living one, or a dead e-mail and no living one; points of people who have left
-- the client count neither way. Open lines say what is still dead and are settled when nothing is; with adds, those of
-- all reconciliations are settled, and what was found becomes lines of this one; without, only lines of this one are
-- looked at. Archived and joined clients are left out. Lines somebody is writing are left alone.
-- Reads: clients_contactpoint, clients_contact, clients_client, clients_standing. Writes: deals_reconciliationline.
-- Parameters: reconciliation, today, adds.
WITH asked AS (
    SELECT line.id, line.client_id
    FROM deals_reconciliationline line
    WHERE line.kind = 'dead'
      AND line.settled_on IS NULL
      AND (%(adds)s OR line.reconciliation_id = %(reconciliation)s)
),
point AS (
    SELECT point.client_id, point.kind, count(*) FILTER (WHERE point.dead_on IS NOT NULL) AS dead
    FROM clients_contactpoint point
    LEFT JOIN clients_contact person ON person.id = point.contact_id
    WHERE point.kind IN ('phone', 'email')
      AND person.left_on IS NULL
      AND (%(adds)s OR point.client_id IN (SELECT asked.client_id FROM asked))
    GROUP BY point.client_id, point.kind
    HAVING bool_and(point.dead_on IS NOT NULL)
),
found AS (
    SELECT point.client_id, jsonb_build_object('dead', jsonb_object_agg(point.kind, point.dead)) AS about
    FROM point
    JOIN clients_client client ON client.id = point.client_id
    JOIN clients_standing standing ON standing.client_id = client.id
    WHERE client.merged_into_id IS NULL AND standing.life_cycle <> 'archived'
    GROUP BY point.client_id
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
SELECT %(reconciliation)s, 'dead', found.client_id, found.about
FROM found
WHERE %(adds)s
ON CONFLICT (reconciliation_id, kind, client_id, other_id) DO UPDATE
SET about = excluded.about, settled_on = NULL
WHERE known.about <> excluded.about OR known.settled_on IS NOT NULL
