-- Grain: one row: how many Standing rows are locked, in the order of clients, so that writers wait and never deadlock.
-- Whoever writes what is summed up from tasks or entries locks first and reads by a later statement: what a writer it
-- waited for has written is then seen. Reads: clients_standing. Parameters: client_ids.
SELECT count(*) AS locked
FROM (
    SELECT standing.client_id
    FROM clients_standing standing
    WHERE standing.client_id = ANY(%(client_ids)s::bigint[])
    ORDER BY standing.client_id
    FOR NO KEY UPDATE
) AS chosen
