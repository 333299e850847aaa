-- Grain: a deal that came to a stage by a day of a period, was not taken back, and went on as asked (R146): those behind
-- a figure of `count_stage_ways.sql`, reckoned alike. Reads: deals_stageentry, deals_stage.
-- Parameters: stage_id, starts_at, ends_at, what (entered, moved, lost).
WITH seen AS (
    SELECT DISTINCT entry.deal_id
    FROM deals_stageentry entry
    WHERE entry.stage_id = %(stage_id)s AND entry.entered_at >= %(starts_at)s AND entry.entered_at < %(ends_at)s
),
walked AS (
    SELECT entry.id, entry.deal_id, entry.stage_id, entry.entered_at, entry.is_undo,
           sum(CASE WHEN entry.is_undo THEN -1 ELSE 1 END)
               OVER (PARTITION BY entry.deal_id ORDER BY entry.id) AS height
    FROM deals_stageentry entry
    JOIN seen ON seen.deal_id = entry.deal_id
),
kept AS (
    SELECT walked.*,
           min(walked.height) OVER (
               PARTITION BY walked.deal_id ORDER BY walked.id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
           ) AS lowest
    FROM walked
),
arrived AS (
    SELECT kept.id, kept.deal_id, kept.stage_id, kept.entered_at,
           lead(kept.stage_id) OVER way AS next_id,
           lead(kept.entered_at) OVER way AS left_at
    FROM kept
    WHERE NOT kept.is_undo AND (kept.lowest IS NULL OR kept.lowest >= kept.height)
    WINDOW way AS (PARTITION BY kept.deal_id ORDER BY kept.id)
)
SELECT DISTINCT arrived.deal_id
FROM arrived
LEFT JOIN deals_stage next ON next.id = arrived.next_id
WHERE arrived.stage_id = %(stage_id)s
  AND arrived.entered_at >= %(starts_at)s AND arrived.entered_at < %(ends_at)s
  AND (
      %(what)s = 'entered'
      OR %(what)s = 'moved' AND next.kind <> 'lost'
      OR %(what)s = 'lost' AND next.kind = 'lost'
  )
