-- Grain: one transition per client whose status differs from the one before. Reads: night_state.
-- Writes: segmentation_statuschange. Parameters: as_of, rule_set.
INSERT INTO segmentation_statuschange (client_id, as_of, before, after, term_class, last_purchase_on, rhythm_days,
                                       rule_set_id)
SELECT client_id, %(as_of)s, status_before, status, term_class, last_on, rhythm, %(rule_set)s
FROM night_state
WHERE status <> status_before
