-- Grain: one row per branch, norm and first day of a running term, of the clients named or of everybody: few, however
-- many clients. Months or days are 0 where the norm is in the other. Reads: clients_standing, clients_client.
-- Parameters: everybody, client_ids.
SELECT DISTINCT
       client.branch_id,
       coalesce(standing.contact_months, 0) AS months,
       coalesce(standing.contact_days, 0) AS days,
       standing.contact_by_calendar AS by_calendar,
       standing.contact_from AS start_on
FROM clients_standing standing
JOIN clients_client client ON client.id = standing.client_id
WHERE standing.contact_from IS NOT NULL
  AND (%(everybody)s OR standing.client_id = ANY(%(client_ids)s::bigint[]))
