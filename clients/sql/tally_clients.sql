-- Grain: cell of branch, owner, class, TOP and state. Works off exactly the notes this statement sees: a client changed
-- meanwhile by an open transaction has its note in that transaction.
-- Reads: clients_client, clients_ownership, clients_standing. Writes: clients_untallied, clients_tallied, clients_tally.
WITH taken AS (
    DELETE FROM clients_untallied RETURNING client_id
),
changed AS MATERIALIZED (
    SELECT DISTINCT client_id FROM taken
),
before AS MATERIALIZED (
    SELECT stored.*
    FROM changed
    JOIN clients_tallied stored ON stored.client_id = changed.client_id
),
present AS MATERIALIZED (
    SELECT standing.client_id, client.branch_id, held.owner_id, standing.abc, standing.xyz, standing.top,
           standing.life_cycle, standing.turnover, standing.turnover_before
    FROM changed
    JOIN clients_client client ON client.id = changed.client_id AND client.merged_into_id IS NULL
    JOIN clients_standing standing ON standing.client_id = changed.client_id
    JOIN clients_ownership held ON held.client_id = changed.client_id AND held.ends_on IS NULL
),
gone AS (
    DELETE FROM clients_tallied stored
    USING before
    WHERE stored.client_id = before.client_id
      AND NOT EXISTS (SELECT FROM present WHERE present.client_id = before.client_id)
),
written AS (
    INSERT INTO clients_tallied AS stored (client_id, branch_id, owner_id, abc, xyz, top, life_cycle, turnover,
                                           turnover_before)
    SELECT client_id, branch_id, owner_id, abc, xyz, top, life_cycle, turnover, turnover_before
    FROM present
    ON CONFLICT (client_id) DO UPDATE
    SET branch_id = excluded.branch_id,
        owner_id = excluded.owner_id,
        abc = excluded.abc,
        xyz = excluded.xyz,
        top = excluded.top,
        life_cycle = excluded.life_cycle,
        turnover = excluded.turnover,
        turnover_before = excluded.turnover_before
    WHERE (stored.branch_id, stored.owner_id, stored.abc, stored.xyz, stored.top, stored.life_cycle, stored.turnover,
           stored.turnover_before)
          IS DISTINCT FROM
          (excluded.branch_id, excluded.owner_id, excluded.abc, excluded.xyz, excluded.top, excluded.life_cycle,
           excluded.turnover, excluded.turnover_before)
),
difference AS (
    SELECT owner_id, branch_id, abc, xyz, top, life_cycle,
           sum(clients) AS clients, sum(turnover) AS turnover, sum(turnover_before) AS turnover_before
    FROM (
        SELECT owner_id, branch_id, abc, xyz, top, life_cycle, 1 AS clients, turnover, turnover_before FROM present
        UNION ALL
        SELECT owner_id, branch_id, abc, xyz, top, life_cycle, -1, -turnover, -turnover_before FROM before
    ) moved
    GROUP BY owner_id, branch_id, abc, xyz, top, life_cycle
    HAVING sum(clients) <> 0 OR sum(turnover) <> 0 OR sum(turnover_before) <> 0
)
INSERT INTO clients_tally AS stored (owner_id, branch_id, abc, xyz, top, life_cycle, clients, turnover,
                                     turnover_before)
SELECT owner_id, branch_id, abc, xyz, top, life_cycle, clients, turnover, turnover_before
FROM difference
ON CONFLICT (owner_id, branch_id, abc, xyz, top, life_cycle) DO UPDATE
SET clients = stored.clients + excluded.clients,
    turnover = stored.turnover + excluded.turnover,
    turnover_before = stored.turnover_before + excluded.turnover_before
