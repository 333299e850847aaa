-- Grain: one new membership per client that enters tonight. Reads: night_top. Writes: segmentation_topmembership.
-- Parameters: as_of, rule_set. A client enters while it is buying (the zero term of TOP, own rhythm left aside), or by
-- hand.
INSERT INTO segmentation_topmembership (client_id, entered_on, entered_reason, left_reason, entered_cell, left_cell,
                                        rank, turnover, rule_set_id)
SELECT client_id,
       %(as_of)s,
       CASE WHEN word_in THEN 'hand' ELSE 'cell' END,
       '',
       CASE WHEN has_letters THEN cell ELSE '' END,
       '',
       rank,
       turnover,
       %(rule_set)s
FROM night_top
WHERE NOT is_member
  AND NOT is_merged
  AND (word_in OR (word_in IS NULL AND is_within_cap AND is_buying AND NOT is_archived_by_hand))
