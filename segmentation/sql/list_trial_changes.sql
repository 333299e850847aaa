-- Grain: one row per client whose cell or place in TOP would change, the largest first. Reads: trial_class.
-- Parameters: size.
SELECT client_id, before, after, has, was_top, is_top
FROM trial_class
WHERE before <> after OR was_top <> is_top
ORDER BY greatest(had, has) DESC, client_id
LIMIT %(size)s
