-- Handed over in the month, of whom they were taken from; returned: bought again in the month, of who worked them.
-- Hand-overs that were undone, or given back as the client had bought, are none.
-- Reads: segmentation_zerocase, kpi_client. Writes: kpi_fact. Parameters: month, as_of.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, counted.employee_id, counted.client_id, count(*)
FROM (
    SELECT 'handed_over' AS measure, held.from_owner_id AS employee_id, held.client_id
    FROM segmentation_zerocase held
    WHERE held.state IN ('handed_over', 'returned', 'closed')
      AND held.handed_on BETWEEN %(month)s::date AND %(as_of)s::date
    UNION ALL
    SELECT 'returned', held.to_owner_id, held.client_id
    FROM segmentation_zerocase held
    WHERE held.state = 'returned'
      AND held.to_owner_id IS NOT NULL
      AND held.bought_on BETWEEN %(month)s::date AND %(as_of)s::date
) counted
JOIN kpi_client client ON client.client_id = counted.client_id
GROUP BY counted.measure, counted.employee_id, counted.client_id
