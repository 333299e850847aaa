-- Grain: one row. What changes when a client gets another type or a type another priority.
-- Reads: clients_client, clients_segment.
SELECT coalesce(sum(hashint8(client.id * 1000 + client.segment_id)::bigint), 0) AS types,
       (SELECT coalesce(sum(id * 10 + priority), 0) FROM clients_segment WHERE priority IS NOT NULL) AS priorities
FROM clients_client client
WHERE client.segment_id IS NOT NULL
