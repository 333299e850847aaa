-- Turnover net of returns, purchases (days with a document above zero) and documents above zero, of the day's owner.
-- Reads: kpi_document. Writes: kpi_fact.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, summed.employee_id, summed.client_id, counted.value
FROM (
    SELECT employee_id,
           client_id,
           sum(total) AS turnover,
           count(DISTINCT day) FILTER (WHERE total > 0) AS purchases,
           count(*) FILTER (WHERE total > 0) AS documents
    FROM kpi_document
    GROUP BY employee_id, client_id
) summed
CROSS JOIN LATERAL (
    VALUES ('turnover', summed.turnover), ('purchases', summed.purchases), ('documents', summed.documents)
) AS counted (measure, value)
WHERE counted.value <> 0
