-- Grain: one case per client that went back. Writes: segmentation_zerocase.
-- What goes to the head's list, because nobody has its owner's portfolio, says so in why.
-- Parameters: as_of, returned_on, recovered_months; parallel arrays case_ids, states, bought_on, owners, to_head.
UPDATE segmentation_zerocase returned
SET state = fresh.state,
    closed_on = %(as_of)s,
    night = %(as_of)s,
    bought_on = fresh.bought_on,
    returned_to_id = fresh.owner_id,
    returned_on = %(returned_on)s,
    recovered_until = CASE
        WHEN fresh.state = 'returned' THEN (fresh.bought_on + make_interval(months => %(recovered_months)s))::date
    END,
    why = CASE WHEN fresh.to_head THEN returned.why || '{"head_list": "no_owner"}' ELSE returned.why END
FROM unnest(%(case_ids)s::bigint[], %(states)s::text[], %(bought_on)s::date[], %(owners)s::bigint[],
            %(to_head)s::bool[])
     AS fresh (id, state, bought_on, owner_id, to_head)
WHERE fresh.id = returned.id
