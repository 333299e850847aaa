-- Legal entities with the fields an import changed, or changed back. Reads intake_change; writes clients_legalentity.
UPDATE clients_legalentity AS t
SET (name, name_key, inn, kpp) = (
    SELECT o.name, o.name_key, o.inn, o.kpp
    FROM jsonb_populate_record(t, h.after) AS o
)
FROM intake_change h
WHERE h.kind = 'entity' AND h.id = t.id
