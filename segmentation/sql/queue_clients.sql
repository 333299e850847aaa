-- Grain: one pending client per client of a touched pair, or (everybody) per client with a legal entity that has a
-- document.
-- Reads: segmentation_touchedpair, clients_legalentity. Writes: segmentation_pendingclient. Parameters: everybody.
INSERT INTO segmentation_pendingclient (client_id)
SELECT DISTINCT entity.client_id
FROM clients_legalentity entity
WHERE %(everybody)s
   OR entity.id IN (SELECT legal_entity_id FROM segmentation_touchedpair)
ON CONFLICT (client_id) DO NOTHING
