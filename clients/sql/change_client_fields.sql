-- Clients with the fields an import changed, or changed back. Reads intake_change; writes clients_client.
UPDATE clients_client AS t
SET (name, name_key, name_sort, segment_id, legacy_type_id, legacy_potential, branch_id, region, city, address) = (
    SELECT o.name, o.name_key, o.name_sort, o.segment_id, o.legacy_type_id, o.legacy_potential, o.branch_id, o.region,
           o.city, o.address
    FROM jsonb_populate_record(t, h.after) AS o
)
FROM intake_change h
WHERE h.kind = 'client' AND h.id = t.id
