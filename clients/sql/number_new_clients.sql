-- One row per client to be created, with what its rows say first, its future ids, branch and owner.
-- Owner: whom the file names, else the employee chosen in the import, else the head of its branch.
-- Reads client_row, intake_party, intake_resolved, intake_name, intake_known, intake_head, staff_employee; writes
-- intake_new. Parameters: branch, owner (chosen in the import, may be NULL), today.
CREATE TEMP TABLE intake_new ON COMMIT DROP AS
WITH said AS (
    SELECT
        v.grp,
        min(r.row) AS first_row,
        (array_agg(r.name ORDER BY r.row) FILTER (WHERE r.name IS NOT NULL))[1] AS name,
        (array_agg(r.legal_name ORDER BY r.row) FILTER (WHERE r.legal_name IS NOT NULL))[1] AS legal_name,
        coalesce(max(r.inn), '') AS inn,
        max(r.kpp) AS kpp,
        (array_agg(r.segment ORDER BY r.row) FILTER (WHERE r.segment IS NOT NULL))[1] AS segment,
        (array_agg(old.value ORDER BY r.row) FILTER (WHERE old.value <> ''))[1]::bigint AS legacy_type_id,
        (array_agg(old_p.value ORDER BY r.row) FILTER (WHERE old_p.value <> ''))[1] AS legacy_potential,
        (array_agg(r.branch ORDER BY r.row) FILTER (WHERE r.branch IS NOT NULL))[1] AS branch,
        (array_agg(r.region ORDER BY r.row) FILTER (WHERE r.region IS NOT NULL))[1] AS region,
        (array_agg(r.city ORDER BY r.row) FILTER (WHERE r.city IS NOT NULL))[1] AS city,
        (array_agg(r.address ORDER BY r.row) FILTER (WHERE r.address IS NOT NULL))[1] AS address,
        (array_agg(o.value ORDER BY r.row) FILTER (WHERE o.value IS NOT NULL))[1]::bigint AS owner_id
    FROM client_row r
    JOIN intake_resolved v USING (party)
    LEFT JOIN intake_known o ON o.field = 'owner' AND o.text = r.owner
    LEFT JOIN intake_known old ON old.field = 'legacy_type' AND old.text = r.legacy_type
    LEFT JOIN intake_known old_p ON old_p.field = 'legacy_potential' AND old_p.text = r.legacy_potential
    WHERE v.entity_id IS NULL
    GROUP BY v.grp
), placed AS (
    SELECT
        s.grp, s.first_row, s.name, n.key, n.sort, coalesce(s.legal_name, s.name) AS legal_name, l.key AS legal_key,
        s.inn, s.kpp, t.value::bigint AS segment_id, s.legacy_type_id, coalesce(s.legacy_potential, '') AS legacy_potential,
        coalesce(s.region, '') AS region,
        coalesce(s.city, '') AS city, coalesce(s.address, '') AS address, s.owner_id, %(today)s::date AS group_day,
        coalesce(b.value::bigint, p.branch_id, %(branch)s) AS branch_id
    FROM said s
    JOIN intake_name n ON n.name = s.name
    JOIN intake_name l ON l.name = coalesce(s.legal_name, s.name)
    LEFT JOIN intake_known t ON t.field = 'segment' AND t.text = s.segment
    LEFT JOIN intake_known b ON b.field = 'branch' AND b.text = s.branch
    LEFT JOIN staff_employee p ON p.id = s.owner_id
    ORDER BY s.first_row
)
SELECT
    p.grp, p.first_row, p.name, p.key, p.sort, p.legal_name, p.legal_key, p.inn, p.kpp, p.segment_id, p.legacy_type_id,
    p.legacy_potential, p.region,
    p.city, p.address, p.group_day, p.branch_id,
    coalesce(p.owner_id, %(owner)s, head.employee_id) AS owner_id,
    nextval(pg_get_serial_sequence('clients_client', 'id')) AS client_id,
    nextval(pg_get_serial_sequence('clients_legalentity', 'id')) AS entity_id
FROM placed p
LEFT JOIN intake_head head ON head.branch_id = p.branch_id
