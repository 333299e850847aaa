-- Grain: client: status, since, silence, term class and last purchase as they stood on the evening before as_of.
-- The last purchase is the newest one known today of the days before as_of; zero_since is the first transition to zero,
-- lost or archived after the last one to new or active. Writes: segmentation_clientstate (a trial that is rolled back).
-- Parameters: as_of (unused by the text: later transitions are deleted before this).
WITH newest AS (
    SELECT DISTINCT ON (client_id) client_id, as_of, after, term_class
    FROM segmentation_statuschange
    ORDER BY client_id, as_of DESC
),
silence AS (
    SELECT change.client_id, min(change.as_of) AS zero_since
    FROM segmentation_statuschange change
    WHERE change.after IN ('zero', 'lost', 'archived')
      AND NOT EXISTS (
          SELECT 1
          FROM segmentation_statuschange later
          WHERE later.client_id = change.client_id
            AND later.as_of > change.as_of
            AND later.after NOT IN ('zero', 'lost', 'archived')
      )
    GROUP BY change.client_id
),
bought AS (
    SELECT entity.client_id, max(purchase.day) AS last_on
    FROM segmentation_purchaseday purchase
    JOIN clients_legalentity entity ON entity.id = purchase.legal_entity_id
    GROUP BY entity.client_id
)
UPDATE segmentation_clientstate state
SET status = newest.after,
    since = newest.as_of,
    term_class = newest.term_class,
    zero_since = silence.zero_since,
    silence = CASE WHEN newest.after IN ('zero', 'lost', 'archived') THEN newest.after ELSE '' END,
    term_class_fixed = silence.zero_since IS NOT NULL,
    last_purchase_on = bought.last_on,
    archived_by_hand = false,
    archive_ended = NULL
FROM newest
LEFT JOIN silence ON silence.client_id = newest.client_id
LEFT JOIN bought ON bought.client_id = newest.client_id
WHERE newest.client_id = state.client_id
