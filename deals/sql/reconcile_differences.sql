-- Grain: client with a field that an import found different and the base still has otherwise. What the base has now is
-- said, not what it had then; a legal entity that went to another client is not looked at. Open lines say what still
-- differs and are settled when nothing does; with adds, those of all reconciliations are settled, and what was found
-- becomes lines of this one; without, only lines of this one are looked at. Archived and joined clients are left out.
-- Lines somebody is writing are left alone.
-- Reads: clients_sourcedifference, clients_source, clients_client, clients_standing, clients_legalentity,
-- clients_segment, staff_branch. Writes: deals_reconciliationline.
-- Parameters: reconciliation, today, adds; fields (in their order).
WITH asked AS (
    SELECT line.id, line.client_id
    FROM deals_reconciliationline line
    WHERE line.kind = 'differs'
      AND line.settled_on IS NULL
      AND (%(adds)s OR line.reconciliation_id = %(reconciliation)s)
),
stands AS (
    SELECT
        difference.id, difference.client_id, difference.field, difference.there, source.name AS source,
        CASE difference.field
            WHEN 'name' THEN client.name
            WHEN 'segment' THEN segment.name
            WHEN 'branch' THEN branch.name
            WHEN 'region' THEN client.region
            WHEN 'city' THEN client.city
            WHEN 'address' THEN client.address
            WHEN 'legal_name' THEN entity.name
            WHEN 'inn' THEN entity.inn
            WHEN 'kpp' THEN entity.kpp
        END AS here
    FROM clients_sourcedifference difference
    JOIN clients_source source ON source.id = difference.source_id
    JOIN clients_client client ON client.id = difference.client_id
    JOIN clients_standing standing ON standing.client_id = client.id
    JOIN staff_branch branch ON branch.id = client.branch_id
    LEFT JOIN clients_segment segment ON segment.id = client.segment_id
    LEFT JOIN clients_legalentity entity ON entity.id = difference.legal_entity_id AND entity.client_id = client.id
    WHERE client.merged_into_id IS NULL
      AND standing.life_cycle <> 'archived'
      AND (%(adds)s OR client.id IN (SELECT asked.client_id FROM asked))
),
found AS (
    SELECT
        stands.client_id,
        jsonb_build_object(
            'fields',
            jsonb_agg(
                jsonb_build_array(stands.field, stands.here, stands.there, stands.source)
                ORDER BY compared.place, stands.id
            )
        ) AS about
    FROM stands
    JOIN unnest(%(fields)s::text[]) WITH ORDINALITY AS compared (field, place) ON compared.field = stands.field
    WHERE stands.here <> '' AND lower(stands.here) <> lower(stands.there)
    GROUP BY stands.client_id
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
SELECT %(reconciliation)s, 'differs', found.client_id, found.about
FROM found
WHERE %(adds)s
ON CONFLICT (reconciliation_id, kind, client_id, other_id) DO UPDATE
SET about = excluded.about, settled_on = NULL
WHERE known.about <> excluded.about OR known.settled_on IS NOT NULL
