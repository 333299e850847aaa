-- Grain: one row: the newest row of each field history. Reads their indexes' ends.
SELECT coalesce((SELECT max(pgh_id) FROM clients_clientevent), 0) AS client,
       coalesce((SELECT max(pgh_id) FROM clients_legalentityevent), 0) AS entity,
       coalesce((SELECT max(pgh_id) FROM clients_contactpointevent), 0) AS point
