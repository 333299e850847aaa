-- Grain: one row. What changes whenever a list of clients may change: the newest field histories (every insert and update
-- of clients, owners and legal entities), the newest step of a night (its row commits with the step's own writes), the
-- newest undo of an import, and who may see more than their own clients for a time.
-- Parameters: person (who looks), today.
SELECT concat_ws(
           '.',
           (SELECT max(pgh_id) FROM clients_clientevent),
           (SELECT max(pgh_id) FROM clients_ownershipevent),
           (SELECT max(pgh_id) FROM clients_legalentityevent),
           (SELECT max(id) FROM base_steprun),
           (SELECT extract(epoch FROM max(undone_at)) FROM base_intake),
           (SELECT md5(string_agg(absence.employee_id::text, ',' ORDER BY absence.employee_id))
              FROM staff_absence absence
             WHERE absence.substitute_id = %(person)s AND absence.starts_on <= %(today)s AND absence.ends_on > %(today)s),
           (SELECT md5(string_agg(participant.client_id::text, ',' ORDER BY participant.client_id))
              FROM clients_participant participant
             WHERE participant.employee_id = %(person)s AND participant.starts_on <= %(today)s
               AND (participant.ends_on IS NULL OR participant.ends_on > %(today)s))
       ) AS version
