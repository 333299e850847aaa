-- Lines that changed documents no longer have. Reads order_document; writes clients_shipmentline.
DELETE FROM clients_shipmentline l
USING order_document d
WHERE l.shipment_id = d.shipment_id AND d.is_changed AND l.position > d.kept + d.lines
