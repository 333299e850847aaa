-- Grain: one row per branch, norm, first day of a running term and its last day as it stands, of the clients named or of
-- everybody: few, however many clients. Months or days are 0 where the norm is in the other; without a norm there is no
-- first day, and a last day that still stands is outdated. Reads: clients_standing, clients_client.
-- Parameters: everybody, client_ids.
SELECT DISTINCT
       client.branch_id,
       coalesce(standing.contact_months, 0) AS months,
       coalesce(standing.contact_days, 0) AS days,
       standing.contact_by_calendar AS by_calendar,
       standing.contact_from AS start_on,
       standing.contact_due_on AS due_on
FROM clients_standing standing
JOIN clients_client client ON client.id = standing.client_id
WHERE (standing.contact_from IS NOT NULL OR standing.contact_due_on IS NOT NULL)
  AND (%(everybody)s OR standing.client_id = ANY(%(client_ids)s::bigint[]))
