-- The first row that is not as the import left it: fields it changed were changed again, a row it made was changed, or
-- went along when clients were joined, where undoing the joining would look for it. A joining undone changed nothing.
-- Reads clients_intakerow, clients_client, clients_legalentity, clients_contact, clients_contactpoint and their histories,
-- clients_joining.
-- Parameters: intake.
WITH kept AS (
    SELECT kind, row_id, before IS NULL AS made, after FROM clients_intakerow WHERE intake_id = %(intake)s
)
SELECT found.what, found.whose
FROM (
    SELECT 0 AS place, j.id, CASE j.kind WHEN 'clients' THEN 'joined' ELSE 'parted' END AS what, joined.name AS whose
    FROM clients_joining j
    JOIN clients_client joined ON joined.id = j.joined_id
    JOIN clients_client kept ON kept.id = j.kept_id
    WHERE j.undone_on IS NULL
        AND (
            joined.intake_id = %(intake)s
            OR kept.intake_id = %(intake)s
            OR EXISTS (
                SELECT
                FROM kept k
                CROSS JOIN LATERAL (
                    SELECT CASE k.kind
                        WHEN 'contact' THEN 'clients.Contact.client'
                        WHEN 'point' THEN 'clients.ContactPoint.client'
                        ELSE 'clients.Communication.client'
                    END AS field
                ) AS part
                WHERE k.made
                    AND (
                        j.moved -> 'rows' -> part.field @> to_jsonb(k.row_id)
                        OR j.moved -> 'dropped' -> part.field @> jsonb_build_array(jsonb_build_object('id', k.row_id))
                    )
            )
        )
    UNION ALL
    SELECT 1, c.id, 'client', c.name
    FROM clients_client c
    WHERE c.intake_id = %(intake)s
        AND NOT EXISTS (
            SELECT FROM clients_clientevent e
            WHERE e.pgh_obj_id = c.id AND e.pgh_label = 'insert' AND to_jsonb(e) @> (to_jsonb(c) - 'separated_on')
        )
    UNION ALL
    SELECT 1, e.id, 'entity', e.name
    FROM clients_legalentity e
    WHERE e.intake_id = %(intake)s
        AND NOT EXISTS (
            SELECT FROM clients_legalentityevent h
            WHERE h.pgh_obj_id = e.id AND h.pgh_label = 'insert' AND to_jsonb(h) @> to_jsonb(e)
        )
    UNION ALL
    SELECT 2, c.id, 'client', c.name
    FROM kept k JOIN clients_client c ON c.id = k.row_id
    WHERE k.kind = 'client' AND NOT to_jsonb(c) @> k.after
    UNION ALL
    SELECT 2, e.id, 'entity', e.name
    FROM kept k JOIN clients_legalentity e ON e.id = k.row_id
    WHERE k.kind = 'entity' AND NOT to_jsonb(e) @> k.after
    UNION ALL
    SELECT 3, c.id, 'contact', c.name
    FROM kept k JOIN clients_contact c ON c.id = k.row_id
    WHERE k.kind = 'contact'
        AND CASE WHEN k.made THEN NOT EXISTS (
            SELECT FROM clients_contactevent h
            WHERE h.pgh_obj_id = c.id AND h.pgh_label = 'insert' AND to_jsonb(h) @> to_jsonb(c)
        ) ELSE NOT to_jsonb(c) @> k.after END
    UNION ALL
    SELECT 4, p.id, 'point', c.name
    FROM kept k
    JOIN clients_contactpoint p ON p.id = k.row_id
    JOIN clients_client c ON c.id = p.client_id
    WHERE k.kind = 'point'
        AND NOT EXISTS (
            SELECT FROM clients_contactpointevent h
            WHERE h.pgh_obj_id = p.id AND h.pgh_label = 'insert' AND to_jsonb(h) @> to_jsonb(p)
        )
) AS found
ORDER BY found.place, found.id
LIMIT 1
