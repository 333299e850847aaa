-- The Standing row of each new client: nothing is computed yet. Reads intake_new; writes clients_standing.
-- Parameters: since (day its state is known from, NULL until the night says it).
INSERT INTO clients_standing (
    client_id, abc, xyz, previous_class, key_client, turnover, turnover_before, months, top, life_cycle, life_cycle_since, purchases
)
SELECT client_id, '', '', '', false, 0, 0, '{}', false, 'potential', %(since)s::date, 0
FROM intake_new
ORDER BY client_id
