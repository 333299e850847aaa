-- The work tables of the transaction, emptied for the next month.
TRUNCATE kpi_client, kpi_document, kpi_direction, kpi_fact
