-- Grain: person who has any of it now: clients of whom he or she is the owner (archived and joined ones left out) by
-- class, TOP, new and zero; open deals; open tasks, those overdue and the day of the oldest. Reads: clients_ownership,
-- clients_client, clients_standing, deals_deal, deals_task. Parameters: today.
SELECT coalesce(clients.person, deals.person, tasks.person) AS person,
       coalesce(clients.clients, 0) AS clients,
       coalesce(clients.tops, 0) AS tops,
       coalesce(clients.class_a, 0) AS class_a,
       coalesce(clients.class_b, 0) AS class_b,
       coalesce(clients.class_c, 0) AS class_c,
       coalesce(clients.new, 0) AS new,
       coalesce(clients.zero, 0) AS zero,
       coalesce(deals.deals, 0) AS deals,
       coalesce(tasks.tasks, 0) AS tasks,
       coalesce(tasks.overdue, 0) AS overdue,
       tasks.oldest_on
FROM (
    SELECT held.owner_id AS person,
           count(*) AS clients,
           count(*) FILTER (WHERE known.top) AS tops,
           count(*) FILTER (WHERE known.abc = 'A') AS class_a,
           count(*) FILTER (WHERE known.abc = 'B') AS class_b,
           count(*) FILTER (WHERE known.abc = 'C') AS class_c,
           count(*) FILTER (WHERE known.life_cycle = 'new') AS new,
           count(*) FILTER (WHERE known.life_cycle = 'zero') AS zero
    FROM clients_ownership held
    JOIN clients_client client ON client.id = held.client_id AND client.merged_into_id IS NULL
    JOIN clients_standing known ON known.client_id = held.client_id AND known.life_cycle <> 'archived'
    WHERE held.ends_on IS NULL
    GROUP BY held.owner_id
) clients
FULL JOIN (
    SELECT owner_id AS person, count(*) AS deals
    FROM deals_deal
    WHERE state = 'open'
    GROUP BY owner_id
) deals ON deals.person = clients.person
FULL JOIN (
    SELECT assignee_id AS person,
           count(*) AS tasks,
           count(*) FILTER (WHERE due_on < %(today)s::date) AS overdue,
           min(due_on) FILTER (WHERE due_on < %(today)s::date) AS oldest_on
    FROM deals_task
    WHERE state = 'open'
    GROUP BY assignee_id
) tasks ON tasks.person = coalesce(clients.person, deals.person)
