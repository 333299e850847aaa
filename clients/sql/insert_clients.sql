-- Clients of the file that the base did not know. Reads intake_new; writes clients_client. Parameters: intake, author.
INSERT INTO clients_client (
    id, name, name_key, name_sort, segment_id, legacy_type_id, legacy_potential, branch_id, city, region, address, channel,
    owned_from, archive_reason, intake_id, created_on, created_by_id
)
SELECT
    client_id, name, key, sort, segment_id, legacy_type_id, legacy_potential, branch_id, city, region, address, 'wholesale', group_day,
    '', %(intake)s, group_day, %(author)s
FROM intake_new
ORDER BY client_id
