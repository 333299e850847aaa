-- Grain: client that may come under another contact norm or term since a night, or since marks in the histories: its
-- status or its place on the TOP list moved, it was written about, changed, came to another owner, or its owner changed.
-- Reads: segmentation_statuschange, segmentation_topmembership, clients_clientevent, clients_ownershipevent,
-- staff_employeeevent, clients_ownership, clients_communication. Parameters: after; client, owner, person, entry (marks).
SELECT client_id FROM segmentation_statuschange WHERE as_of >= %(after)s
UNION
SELECT client_id FROM segmentation_topmembership WHERE entered_on >= %(after)s OR left_on >= %(after)s
UNION
SELECT pgh_obj_id FROM clients_clientevent WHERE pgh_id > %(client)s
UNION
SELECT client_id FROM clients_ownershipevent WHERE pgh_id > %(owner)s
UNION
SELECT held.client_id
FROM staff_employeeevent changed
JOIN clients_ownership held ON held.owner_id = changed.pgh_obj_id AND held.ends_on IS NULL
WHERE changed.pgh_id > %(person)s
UNION
SELECT client_id FROM clients_communication WHERE id > %(entry)s
