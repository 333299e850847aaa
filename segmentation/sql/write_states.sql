-- Grain: client. Reads: night_state. Writes: segmentation_clientstate, only rows that change. Parameters: as_of, rule_set.
INSERT INTO segmentation_clientstate AS state (
    client_id, status, since, purchases, first_purchase_on, last_purchase_on, rhythm_days, returns_only, returned_in_full,
    seasonal_months, term_class, term_class_fixed, zero_on, hand_over_on, lost_on, archive_on, zero_since,
    archived_by_hand, archive_ended, next_on, rule_set_id
)
SELECT client_id,
       status,
       CASE WHEN status = status_before THEN since_before ELSE %(as_of)s END,
       purchases,
       first_on,
       last_on,
       rhythm,
       returns_only,
       returned_in_full,
       season,
       term_class,
       zero_since IS NOT NULL,
       zero_on,
       hand_over_on,
       lost_on,
       archive_on,
       zero_since,
       is_archived_by_hand,
       archive_ended,
       next_on,
       %(rule_set)s
FROM night_state
ON CONFLICT (client_id) DO UPDATE
SET status = excluded.status,
    since = excluded.since,
    purchases = excluded.purchases,
    first_purchase_on = excluded.first_purchase_on,
    last_purchase_on = excluded.last_purchase_on,
    rhythm_days = excluded.rhythm_days,
    returns_only = excluded.returns_only,
    returned_in_full = excluded.returned_in_full,
    seasonal_months = excluded.seasonal_months,
    term_class = excluded.term_class,
    term_class_fixed = excluded.term_class_fixed,
    zero_on = excluded.zero_on,
    hand_over_on = excluded.hand_over_on,
    lost_on = excluded.lost_on,
    archive_on = excluded.archive_on,
    zero_since = excluded.zero_since,
    archived_by_hand = excluded.archived_by_hand,
    archive_ended = excluded.archive_ended,
    next_on = excluded.next_on,
    rule_set_id = excluded.rule_set_id
WHERE (state.status, state.since, state.purchases, state.first_purchase_on, state.last_purchase_on, state.rhythm_days,
       state.returns_only, state.returned_in_full, state.seasonal_months, state.term_class, state.term_class_fixed,
       state.zero_on, state.hand_over_on, state.lost_on, state.archive_on, state.zero_since, state.archived_by_hand,
       state.archive_ended, state.next_on, state.rule_set_id)
      IS DISTINCT FROM
      (excluded.status, excluded.since, excluded.purchases, excluded.first_purchase_on, excluded.last_purchase_on,
       excluded.rhythm_days, excluded.returns_only, excluded.returned_in_full, excluded.seasonal_months,
       excluded.term_class, excluded.term_class_fixed, excluded.zero_on, excluded.hand_over_on, excluded.lost_on,
       excluded.archive_on, excluded.zero_since, excluded.archived_by_hand, excluded.archive_ended, excluded.next_on,
       excluded.rule_set_id)
