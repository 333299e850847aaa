-- The Standing row of each new client: nothing is computed yet. Reads order_new; writes clients_standing.
INSERT INTO clients_standing (
    client_id, abc, xyz, previous_class, key_client, turnover, turnover_before, months, top, life_cycle, purchases
)
SELECT client_id, '', '', '', false, 0, 0, '{}', false, 'potential', 0
FROM order_new
ORDER BY client_id
