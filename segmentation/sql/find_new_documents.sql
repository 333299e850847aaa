-- Grain: one row: is there a touched month, or a document dated in (after, as_of]?
-- Reads: clients_touchedmonth, clients_shipment by source and day. Parameters: after, as_of.
SELECT EXISTS (SELECT 1 FROM clients_touchedmonth) AS touched,
       EXISTS (
           SELECT 1
           FROM clients_source source
           JOIN clients_shipment document ON document.source_id = source.id
           WHERE document.day > %(after)s AND document.day <= %(as_of)s
       ) AS new_days
