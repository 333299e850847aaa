-- Moves of deals by people in the month and those with a comment, of who moved: the row by which a deal was opened, rows
-- that take a move back and the moves they take back are none. Reads: deals_stageentry. Writes: kpi_fact.
-- Parameters: month, as_of, zone.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, summed.by_id, summed.client_id, counted.value
FROM (
    SELECT entry.by_id,
           client.client_id,
           count(*) AS moves,
           count(*) FILTER (WHERE entry.comment <> '') AS commented
    FROM deals_stage stage
    JOIN deals_stageentry entry
      ON entry.stage_id = stage.id
     AND entry.entered_at >= %(month)s::date AT TIME ZONE %(zone)s
     AND entry.entered_at < (%(as_of)s::date + 1) AT TIME ZONE %(zone)s
    JOIN deals_deal deal ON deal.id = entry.deal_id
    JOIN kpi_client client ON client.client_id = deal.client_id
    LEFT JOIN LATERAL (
        SELECT later.is_undo FROM deals_stageentry later
        WHERE later.deal_id = entry.deal_id AND later.id > entry.id
        ORDER BY later.id LIMIT 1
    ) next ON true
    WHERE entry.by_id IS NOT NULL
      AND NOT entry.is_undo
      AND next.is_undo IS NOT TRUE
      AND EXISTS (SELECT 1 FROM deals_stageentry earlier WHERE earlier.deal_id = entry.deal_id AND earlier.id < entry.id)
    GROUP BY entry.by_id, client.client_id
) summed
CROSS JOIN LATERAL (
    VALUES ('transitions', summed.moves), ('transitions_commented', summed.commented)
) AS counted (measure, value)
WHERE counted.value <> 0
