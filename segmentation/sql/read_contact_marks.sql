-- Grain: one row: the newest row of what tells that a client may come under another contact norm.
-- Reads: clients_clientevent, clients_ownershipevent, staff_employeeevent, clients_communication (their indexes' ends).
SELECT coalesce((SELECT max(pgh_id) FROM clients_clientevent), 0) AS client,
       coalesce((SELECT max(pgh_id) FROM clients_ownershipevent), 0) AS owner,
       coalesce((SELECT max(pgh_id) FROM staff_employeeevent), 0) AS person,
       coalesce((SELECT max(id) FROM clients_communication), 0) AS entry
