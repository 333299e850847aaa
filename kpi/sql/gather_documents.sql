-- Grain: one row per document of the month up to as_of with the client's owner of its day; the temporary table
-- kpi_document. A document older than the client's first owner is that owner's.
-- Parameters: month, as_of.
CREATE TEMPORARY TABLE kpi_document ON COMMIT DROP AS
SELECT document.id,
       document.day,
       document.total,
       client.client_id,
       client.client_group,
       client.segment_id,
       owner.owner_id AS employee_id
FROM clients_source source
JOIN clients_shipment document
  ON document.source_id = source.id
 AND document.day BETWEEN %(month)s::date AND %(as_of)s::date
JOIN clients_legalentity entity ON entity.id = document.legal_entity_id
JOIN kpi_client client ON client.client_id = entity.client_id
JOIN clients_ownership owner
  ON owner.client_id = client.client_id
 AND owner.starts_on <= greatest(document.day, client.owned_from)
 AND (owner.ends_on IS NULL OR owner.ends_on > greatest(document.day, client.owned_from))
