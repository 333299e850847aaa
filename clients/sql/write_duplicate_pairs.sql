-- Grain: one pair found: new, or with another likeness or other reasons than before. A pair that was said to be no
-- duplicate is open again only when its reasons changed; what was decided then stays readable.
-- Reads: duplicate_pair. Writes: clients_duplicatepair. Parameters: day.
INSERT INTO clients_duplicatepair AS known (one_id, other_id, likeness, reasons_mark, state, found_on)
SELECT one_id, other_id, likeness, reasons_mark, 'open', %(day)s
FROM duplicate_pair
ON CONFLICT (one_id, other_id) DO UPDATE
SET likeness = EXCLUDED.likeness,
    reasons_mark = EXCLUDED.reasons_mark,
    found_on = CASE WHEN known.reasons_mark <> EXCLUDED.reasons_mark THEN EXCLUDED.found_on ELSE known.found_on END,
    state = CASE
        WHEN known.state = 'different' AND known.reasons_mark = EXCLUDED.reasons_mark THEN 'different'
        ELSE 'open'
    END
WHERE (known.likeness, known.reasons_mark) IS DISTINCT FROM (EXCLUDED.likeness, EXCLUDED.reasons_mark)
   OR known.state = 'joined'
