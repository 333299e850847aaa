-- One row per client to be created, with its future ids, first day, branch and owner.
-- Owner: the salesperson of its first document, else the employee chosen in the import, else the head of its branch.
-- Reads intake_resolved, intake_party, intake_name, order_salesperson, intake_branch; writes intake_new.
-- Parameters: branch, owner (chosen in the import, may be NULL).
CREATE TEMP TABLE intake_new ON COMMIT DROP AS
WITH ranked AS (
    SELECT
        r.grp, p.*,
        min(p.first_day) OVER (PARTITION BY r.grp) AS group_day,
        row_number() OVER (PARTITION BY r.grp ORDER BY p.first_day, p.first_row) AS rank
    FROM intake_resolved r
    JOIN intake_party p USING (party)
    WHERE r.entity_id IS NULL
), leader AS (
    SELECT
        l.grp, l.name, n.key, n.sort, l.inn, l.kpp, l.city, l.region, l.group_day,
        sp.employee_id AS salesperson_id,
        coalesce(fb.branch_id, sp.branch_id, %(branch)s) AS branch_id
    FROM ranked l
    JOIN intake_name n USING (name)
    LEFT JOIN order_salesperson sp ON sp.text = l.salesperson
    LEFT JOIN intake_branch fb ON fb.text = l.branch
    WHERE l.rank = 1
    ORDER BY l.first_row
)
SELECT
    l.*,
    coalesce(l.salesperson_id, %(owner)s, head.employee_id) AS owner_id,
    nextval(pg_get_serial_sequence('clients_client', 'id')) AS client_id,
    nextval(pg_get_serial_sequence('clients_legalentity', 'id')) AS entity_id
FROM leader l
LEFT JOIN intake_head head ON head.branch_id = l.branch_id
