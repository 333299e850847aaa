-- Grain: one open class row per client whose class of tonight differs in anything stored, or that has none tonight.
-- Reads: night_class. Writes: segmentation_classification.until. Parameters: as_of.
UPDATE segmentation_classification stored
SET until = %(as_of)s
WHERE stored.until IS NULL
  AND NOT EXISTS (
      SELECT 1
      FROM night_class fresh
      WHERE fresh.client_id = stored.client_id
        AND (fresh.abc, fresh.xyz, fresh.turnover, fresh.share_before, fresh.months_bought, fresh.months_counted,
             fresh.cv, fresh.key_client, fresh.window_start, fresh.window_end, fresh.rule_set_id)
            IS NOT DISTINCT FROM
            (stored.abc, stored.xyz, stored.turnover, stored.share_before, stored.months_bought, stored.months_counted,
             stored.cv, stored.key_client, stored.window_start, stored.window_end, stored.rule_set_id)
  )
