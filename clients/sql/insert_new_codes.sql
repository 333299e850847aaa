-- Codes by which the next file finds the same legal entity. Reads intake_party, intake_resolved, intake_new;
-- writes clients_externalcode. Parameters: source, intake.
INSERT INTO clients_externalcode (source_id, code, legal_entity_id, intake_id)
SELECT %(source)s, p.code, coalesce(r.entity_id, n.entity_id), %(intake)s
FROM intake_party p
JOIN intake_resolved r USING (party)
LEFT JOIN intake_new n ON n.grp = r.grp AND r.entity_id IS NULL
WHERE p.code <> ''
    AND NOT EXISTS (SELECT FROM clients_externalcode c WHERE c.source_id = %(source)s AND c.code = p.code)
ORDER BY p.first_row
