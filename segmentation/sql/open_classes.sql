-- Grain: one new class row per client of night_class that has no open one (equal ones were left open).
-- Writes: segmentation_classification. Parameters: as_of.
INSERT INTO segmentation_classification (client_id, since, abc, xyz, turnover, share_before, months_bought, months_counted,
                                         cv, key_client, window_start, window_end, rule_set_id)
SELECT fresh.client_id, %(as_of)s, fresh.abc, fresh.xyz, fresh.turnover, fresh.share_before, fresh.months_bought,
       fresh.months_counted, fresh.cv, fresh.key_client, fresh.window_start, fresh.window_end, fresh.rule_set_id
FROM night_class fresh
WHERE NOT EXISTS (
    SELECT 1 FROM segmentation_classification stored
    WHERE stored.client_id = fresh.client_id AND stored.until IS NULL
)
