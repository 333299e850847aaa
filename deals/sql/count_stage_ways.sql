-- Grain: stage of a pipeline, with the arrivals of deals by the days of a period that were not taken back (R131, R146).
-- entered: arrivals; moved: of them those that went on to another open stage or were won; lost: those lost from there;
-- days: the median of days it took those that left. A move taken back and what took it back are no arrivals: walked with
-- +1 and -1, a move is taken back when the way comes below its height later.
-- Reads: deals_stageentry, deals_deal, deals_stage, clients_client.
-- Parameters: pipeline_id, starts_at, ends_at, segment_id, owner_id, branch_id (null: all).
WITH seen AS (
    SELECT DISTINCT entry.deal_id
    FROM deals_stageentry entry
    JOIN deals_stage stage ON stage.id = entry.stage_id AND stage.pipeline_id = %(pipeline_id)s
    WHERE entry.entered_at >= %(starts_at)s AND entry.entered_at < %(ends_at)s
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
SELECT arrived.stage_id,
       count(*) AS entered,
       count(*) FILTER (WHERE next.kind <> 'lost') AS moved,
       count(*) FILTER (WHERE next.kind = 'lost') AS lost,
       percentile_cont(0.5) WITHIN GROUP (
           ORDER BY extract(epoch FROM arrived.left_at - arrived.entered_at) / 86400
       ) AS days
FROM arrived
JOIN deals_stage stage ON stage.id = arrived.stage_id AND stage.pipeline_id = %(pipeline_id)s
JOIN deals_deal deal ON deal.id = arrived.deal_id
JOIN clients_client client ON client.id = deal.client_id
LEFT JOIN deals_stage next ON next.id = arrived.next_id
WHERE arrived.entered_at >= %(starts_at)s AND arrived.entered_at < %(ends_at)s
  AND (%(segment_id)s::bigint IS NULL OR client.segment_id = %(segment_id)s)
  AND (%(owner_id)s::bigint IS NULL OR deal.owner_id = %(owner_id)s)
  AND (%(branch_id)s::bigint IS NULL OR client.branch_id = %(branch_id)s)
GROUP BY arrived.stage_id
