-- Grain: one membership per client that leaves tonight. Reads: night_top. Writes: segmentation_topmembership.
-- Parameters: as_of, is_review, rules_changed. A join and a person's word work every night, everything else at reviews
-- only.
UPDATE segmentation_topmembership member
SET left_on = %(as_of)s, left_reason = leaving.reason, left_cell = leaving.cell
FROM (
    SELECT client_id,
           CASE WHEN has_letters THEN cell ELSE '' END AS cell,
           CASE
               WHEN is_merged THEN 'merged'
               WHEN NOT word_in THEN 'hand'
               WHEN word_in OR NOT %(is_review)s THEN ''
               WHEN is_lost OR is_archived_by_hand THEN 'lost'
               WHEN NOT has_letters THEN 'no_class'
               WHEN (rank IS NULL OR NOT is_within_cap) AND %(rules_changed)s THEN 'rules'
               WHEN rank IS NULL THEN 'class_lost'
               WHEN NOT is_within_cap THEN 'cap'
               ELSE ''
           END AS reason
    FROM night_top
    WHERE is_member
) leaving
WHERE leaving.client_id = member.client_id
  AND member.left_on IS NULL
  AND leaving.reason <> ''
