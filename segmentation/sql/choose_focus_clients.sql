-- Grain: owner and client; the temporary table night_focus: who belongs on the focus lists of a period (R79), best first.
-- Pinned on the owner's newest earlier list first; then priority clients with a deviation, other priority clients, other
-- deviations; each by turnover, then id. Pinned ones are never too many. Clients handed over, archived or joined, and
-- owners who have left or have a list of the period, are left aside.
-- Reads: clients_ownership, clients_client, clients_standing, staff_employee, segmentation_strategicclient,
-- segmentation_zerocase, segmentation_focuslist, segmentation_focusclient, night_deviation.
-- Parameters: starts_on, year, focus_size.
CREATE TEMPORARY TABLE night_focus ON COMMIT DROP AS
WITH owned AS (
    SELECT ownership.owner_id, client.id AS client_id, standing.turnover, standing.life_cycle
    FROM clients_ownership ownership
    JOIN clients_client client ON client.id = ownership.client_id
    JOIN clients_standing standing ON standing.client_id = client.id
    JOIN staff_employee owner ON owner.id = ownership.owner_id
    WHERE ownership.ends_on IS NULL
      AND client.merged_into_id IS NULL
      AND standing.life_cycle <> 'archived'
      AND owner.is_active
      AND owner.owns_clients
      AND NOT EXISTS (
          SELECT 1 FROM segmentation_zerocase zero
          WHERE zero.client_id = client.id AND zero.state = 'handed_over'
      )
      AND NOT EXISTS (
          SELECT 1 FROM segmentation_focuslist list
          WHERE list.owner_id = ownership.owner_id AND list.starts_on = %(starts_on)s AND list.filled_on IS NOT NULL
      )
),
newest AS (
    SELECT DISTINCT ON (owner_id) id, owner_id
    FROM segmentation_focuslist
    WHERE starts_on < %(starts_on)s
    ORDER BY owner_id, starts_on DESC
),
reason AS (
    SELECT owned.owner_id,
           owned.client_id,
           owned.turnover,
           EXISTS (
               SELECT 1 FROM segmentation_focusclient entry
               JOIN newest ON newest.id = entry.focus_list_id
               WHERE newest.owner_id = owned.owner_id
                 AND entry.client_id = owned.client_id
                 AND entry.is_pinned
                 AND entry.dropped_on IS NULL
           ) AS is_pinned,
           EXISTS (
               SELECT 1 FROM segmentation_strategicclient strategic
               WHERE strategic.client_id = owned.client_id AND strategic.year = %(year)s AND strategic.left_on IS NULL
           ) AS is_priority,
           coalesce(deviation.is_falling, FALSE) AS is_falling,
           coalesce(deviation.is_late, FALSE) AS is_late,
           deviation.recent,
           deviation.usual,
           deviation.season,
           deviation.silent_days,
           deviation.rhythm_days
    FROM owned
    LEFT JOIN night_deviation deviation ON deviation.client_id = owned.client_id
),
placed AS (
    SELECT reason.*,
           row_number() OVER (
               PARTITION BY owner_id
               ORDER BY is_pinned DESC,
                        is_priority AND (is_falling OR is_late) DESC,
                        is_priority DESC,
                        turnover DESC,
                        client_id
           ) AS place
    FROM reason
    WHERE is_pinned OR is_priority OR is_falling OR is_late
)
SELECT * FROM placed WHERE place <= %(focus_size)s OR is_pinned
