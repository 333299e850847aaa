-- Grain: one Standing row per client that has none (a client gets its row when it is made; this mends the rest).
INSERT INTO clients_standing (client_id, abc, xyz, previous_class, key_client, turnover, turnover_before, months, top,
                              life_cycle, purchases)
SELECT client.id, '', '', '', false, 0, 0, '{}', false, 'potential', 0
FROM clients_client client
WHERE NOT EXISTS (SELECT 1 FROM clients_standing standing WHERE standing.client_id = client.id)
