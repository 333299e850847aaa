-- The first unnumbered document whose client and day the base has with other content. Reads order_document.
SELECT e.name, d.day, d.first_row, count(*) OVER () AS count
FROM order_document d
JOIN clients_legalentity e ON e.id = d.entity_id
WHERE d.is_changed AND d.external_id = '' AND d.number = ''
ORDER BY d.first_row
LIMIT 1
