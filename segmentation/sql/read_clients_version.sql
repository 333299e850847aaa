-- Grain: one row, numbers that differ as soon as clients were joined, separated or archived by hand.
-- Reads: clients_client. Parameters: as_of.
SELECT count(*) FILTER (WHERE merged_into_id IS NOT NULL) AS merged,
       coalesce(sum(id) FILTER (WHERE merged_into_id IS NOT NULL), 0) AS merged_ids,
       count(*) FILTER (WHERE archived_on <= %(as_of)s) AS archived,
       coalesce(sum(id) FILTER (WHERE archived_on <= %(as_of)s), 0) AS archived_ids,
       coalesce(sum(archived_on - date '2000-01-01') FILTER (WHERE archived_on <= %(as_of)s), 0) AS archived_days
FROM clients_client
WHERE merged_into_id IS NOT NULL OR archived_on IS NOT NULL
