-- What changed documents were before, for the undo. Reads order_document, clients_shipment, clients_shipmentline;
-- writes clients_shipmentbefore. Parameters: intake.
INSERT INTO clients_shipmentbefore (intake_id, shipment_id, head, lines)
SELECT
    %(intake)s, s.id, to_jsonb(s),
    coalesce((SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position) FROM clients_shipmentline l WHERE l.shipment_id = s.id), '[]')
FROM order_document d
JOIN clients_shipment s ON s.id = d.shipment_id
WHERE d.is_changed
