-- Grain: one row per client whose contact is to be planned now (R98): the term ends within the days ahead of its norm
-- (or is over), no call and no meeting is planned by its end, and no task was set for this very term before. It is
-- due on the term's last day, not before the first working day after as_of; it is the owner's, or of whoever stands in
-- for the owner on that day. Clients of owners who cannot sign in get none.
-- is_feed_broken: it has documents of a source whose feed is broken; its task waits.
-- Reads: clients_standing, clients_client, clients_ownership, staff_employee, staff_absence, deals_task,
-- clients_legalentity and clients_shipment (only when a feed is broken).
-- Parameters: as_of, longest (the largest of ahead), origin; months, days, ahead, titles (parallel, one per norm);
-- branches, first_days (parallel); broken_sources.
SELECT standing.client_id,
       coalesce(away.substitute_id, held.owner_id) AS assignee_id,
       planned.due_on,
       standing.top,
       norm.title,
       standing.contact_from,
       cardinality(%(broken_sources)s::bigint[]) > 0
       AND EXISTS (
           SELECT 1
           FROM clients_legalentity entity
           JOIN clients_shipment document ON document.legal_entity_id = entity.id
           WHERE entity.client_id = standing.client_id
             AND document.day <= %(as_of)s
             AND document.source_id = ANY(%(broken_sources)s::bigint[])
       ) AS is_feed_broken
FROM clients_standing standing
JOIN clients_client client ON client.id = standing.client_id AND client.merged_into_id IS NULL
JOIN unnest(%(months)s::int[], %(days)s::int[], %(ahead)s::int[], %(titles)s::text[])
  AS norm (months, days, ahead, title)
  ON norm.months = coalesce(standing.contact_months, 0) AND norm.days = coalesce(standing.contact_days, 0)
JOIN unnest(%(branches)s::bigint[], %(first_days)s::date[]) AS soonest (branch_id, day)
  ON soonest.branch_id = client.branch_id
CROSS JOIN LATERAL (SELECT greatest(standing.contact_due_on, soonest.day) AS due_on) planned
JOIN clients_ownership held ON held.client_id = standing.client_id AND held.ends_on IS NULL
JOIN staff_employee owner ON owner.id = held.owner_id AND owner.is_active AND owner.role <> 'none'
LEFT JOIN LATERAL (
    SELECT absence.substitute_id
    FROM staff_absence absence
    JOIN staff_employee substitute
      ON substitute.id = absence.substitute_id AND substitute.is_active AND substitute.role <> 'none'
    WHERE absence.employee_id = held.owner_id
      AND absence.starts_on <= planned.due_on
      AND absence.ends_on > planned.due_on
) away ON true
WHERE standing.contact_due_on <= %(as_of)s::date + %(longest)s
  AND standing.contact_due_on <= %(as_of)s::date + norm.ahead
  AND NOT EXISTS (
      SELECT 1
      FROM deals_task task
      WHERE task.client_id = standing.client_id
        AND task.state = 'open'
        AND task.kind IN ('call', 'meeting')
        AND task.due_on <= greatest(standing.contact_due_on, %(as_of)s::date + norm.ahead)
  )
  AND NOT EXISTS (
      SELECT 1
      FROM deals_task task
      WHERE task.client_id = standing.client_id
        AND task.origin = %(origin)s
        AND task.origin_as_of = standing.contact_from
  )
ORDER BY standing.client_id
