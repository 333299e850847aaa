-- Grain: one row per source with documents on or before as_of: its newest document. Parameters: as_of.
SELECT source.id, source.code, source.name, newest.day
FROM clients_source source
CROSS JOIN LATERAL (
    SELECT document.day
    FROM clients_shipment document
    WHERE document.source_id = source.id AND document.day <= %(as_of)s
    ORDER BY document.day DESC
    LIMIT 1
) newest
ORDER BY source.code
