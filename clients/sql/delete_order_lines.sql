-- Lines that changed documents no longer have. Reads order_document; writes clients_shipmentline.
WITH changed AS MATERIALIZED (
    SELECT shipment_id, kept + lines AS last FROM order_document WHERE is_changed
)
DELETE FROM clients_shipmentline l
USING changed c
WHERE l.shipment_id = c.shipment_id AND l.position > c.last
