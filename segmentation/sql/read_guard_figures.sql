-- Grain: one row for the guards of size and backlog. Archived clients are in no guard.
-- base = clients with a purchase in the last 12 months; buyers = clients with any purchase; moved = hand-overs of
-- nights within 30 days without an approval; has_handed_over = somebody was handed over at any time before.
-- Reads: segmentation_clientstate, segmentation_zerocase. Parameters: as_of.
SELECT
    (SELECT count(*) FROM segmentation_clientstate
     WHERE status <> 'archived' AND last_purchase_on + interval '12 months' > %(as_of)s::date) AS base,
    (SELECT count(*) FROM segmentation_clientstate WHERE status <> 'archived' AND purchases > 0) AS buyers,
    (SELECT count(*) FROM segmentation_zerocase
     WHERE NOT approved AND handed_on > %(as_of)s::date + 1 - 30 AND handed_on <= %(as_of)s::date + 1) AS moved,
    EXISTS (SELECT 1 FROM segmentation_zerocase WHERE handed_on IS NOT NULL) AS has_handed_over
