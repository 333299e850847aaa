-- Bad cells that only the base tells: a new client without a name; an INN that another client of the base has.
-- Every row of such a client is reported. Reads client_row, intake_party, intake_resolved, clients_legalentity; writes
-- intake_bad. Parameters: file_wins.
INSERT INTO intake_bad (row, field, value, reason)
SELECT r.row, 'client', r.code, 'the base has no such client, and a new one needs a name'
FROM client_row r
JOIN intake_resolved v USING (party)
WHERE v.entity_id IS NULL
    AND NOT EXISTS (
        SELECT
        FROM intake_resolved same
        JOIN intake_party p USING (party)
        WHERE same.grp = v.grp AND same.entity_id IS NULL AND p.name <> ''
    )
UNION ALL
SELECT r.row, 'inn', p.inn, 'another client of the base has this INN'
FROM client_row r
JOIN intake_party p USING (party)
JOIN intake_resolved v USING (party)
JOIN clients_legalentity e ON e.id = v.entity_id
JOIN clients_legalentity other ON other.inn = p.inn AND other.id <> e.id
WHERE p.inn <> ''
    AND (e.inn = '' OR e.inn = p.inn OR %(file_wins)s)
    AND other.kpp = CASE WHEN e.kpp = '' OR (%(file_wins)s AND p.kpp <> '') THEN p.kpp ELSE e.kpp END
