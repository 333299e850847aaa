-- Grain: one new class row per client of night_class that has no open one (equal ones were left open).
-- Writes: segmentation_classification. Parameters: as_of.
-- The open ones are read before the first row is written: looked for in a table that grows meanwhile, a first night's
-- million of them took longer than all the rest.
WITH open AS MATERIALIZED (
    SELECT client_id FROM segmentation_classification WHERE until IS NULL
)
INSERT INTO segmentation_classification (client_id, since, abc, xyz, turnover, share_before, months_bought,
                                         months_counted, cv, key_client, window_start, window_end, rule_set_id)
SELECT fresh.client_id, %(as_of)s, fresh.abc, fresh.xyz, fresh.turnover, fresh.share_before, fresh.months_bought,
       fresh.months_counted, fresh.cv, fresh.key_client, fresh.window_start, fresh.window_end, fresh.rule_set_id
FROM night_class fresh
WHERE NOT EXISTS (
    SELECT FROM open WHERE open.client_id = fresh.client_id
)
