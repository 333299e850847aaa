-- Zero clients: their last transition up to as_of was to zero; of the owner of as_of.
-- Reads: kpi_client, segmentation_statuschange. Writes: kpi_fact. Parameters: as_of.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT 'zero_clients', client.last_owner_id, client.client_id, 1
FROM kpi_client client
JOIN (
    SELECT DISTINCT ON (change.client_id) change.client_id, change.after
    FROM segmentation_statuschange change
    WHERE change.as_of <= %(as_of)s::date
    ORDER BY change.client_id, change.as_of DESC
) known ON known.client_id = client.client_id AND known.after = 'zero'
