-- Grain: measure and person; the facts gathered for a span of days, summed over clients. Reads: kpi_fact.
SELECT measure, employee_id AS employee, sum(value) AS value
FROM kpi_fact
GROUP BY measure, employee_id
