-- What the file would do, or did. Reads order_document, intake_new.
SELECT
    count(*) FILTER (WHERE is_new) AS new,
    count(*) FILTER (WHERE is_changed) AS changed,
    count(*) FILTER (WHERE NOT is_new AND NOT is_changed) AS unchanged,
    coalesce(sum(lines), 0)::bigint AS lines,
    coalesce(sum(total), 0) AS total,
    min(day) AS first_day,
    max(day) AS last_day,
    (SELECT count(*) FROM intake_new) AS clients_created
FROM order_document
