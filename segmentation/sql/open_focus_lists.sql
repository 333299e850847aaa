-- Grain: owner. Opens the focus list of a period for who has clients to work on; one begun by hand is filled now.
-- Reads: night_focus. Writes: segmentation_focuslist. Parameters: starts_on, ends_on, filled_on, rules.
INSERT INTO segmentation_focuslist AS stored (owner_id, starts_on, ends_on, filled_on, rules_id)
SELECT DISTINCT owner_id, %(starts_on)s::date, %(ends_on)s::date, %(filled_on)s::date, %(rules)s::bigint
FROM night_focus
ON CONFLICT (owner_id, starts_on) DO UPDATE SET filled_on = excluded.filled_on, rules_id = excluded.rules_id
WHERE stored.filled_on IS NULL AND stored.confirmed_on IS NULL
