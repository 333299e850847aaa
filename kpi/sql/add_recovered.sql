-- Recovered turnover: documents in [bought_on, recovered_until) of returned clients, of who worked the return (R123).
-- It is part of the turnover of the owners, so it is never summed over people.
-- Reads: segmentation_zerocase, kpi_document. Writes: kpi_fact.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT 'recovered_turnover', held.to_owner_id, document.client_id, sum(document.total)
FROM segmentation_zerocase held
JOIN kpi_document document
  ON document.client_id = held.client_id
 AND document.day >= held.bought_on
 AND document.day < held.recovered_until
WHERE held.state = 'returned'
  AND held.to_owner_id IS NOT NULL
GROUP BY held.to_owner_id, document.client_id
HAVING sum(document.total) <> 0
