-- Unnumbered documents the person adds to: the lines that are there stay before the new ones.
-- Reads clients_shipment, clients_shipmentline; writes order_document.
UPDATE order_document d
SET
    kept = (SELECT max(position) FROM clients_shipmentline l WHERE l.shipment_id = d.shipment_id),
    total = d.total + s.total,
    content = md5(d.old_content::text || d.content::text)::uuid
FROM clients_shipment s
WHERE s.id = d.shipment_id AND d.is_changed AND d.external_id = '' AND d.number = ''
