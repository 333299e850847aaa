-- Grain: client; only rows that change. Reads: night_priority. Writes: segmentation_priorityscore.
-- Parameters: rules, as_of.
INSERT INTO segmentation_priorityscore AS stored (client_id, score, value, growth, regularity, potential, kind, turnover,
                                                  turnover_before, xyz, own, usual, type_priority, rules_id, as_of)
SELECT client_id, score, value, growth, regularity, potential, kind, turnover,
       turnover_before, xyz, own, usual, type_priority, %(rules)s, %(as_of)s
FROM night_priority
ON CONFLICT (client_id) DO UPDATE
SET score = excluded.score, value = excluded.value, growth = excluded.growth, regularity = excluded.regularity,
    potential = excluded.potential, kind = excluded.kind, turnover = excluded.turnover,
    turnover_before = excluded.turnover_before, xyz = excluded.xyz, own = excluded.own, usual = excluded.usual,
    type_priority = excluded.type_priority, rules_id = excluded.rules_id, as_of = excluded.as_of
WHERE (stored.score, stored.value, stored.growth, stored.regularity, stored.potential, stored.kind, stored.turnover,
       stored.turnover_before, stored.xyz, stored.own, stored.usual, stored.type_priority, stored.rules_id)
      IS DISTINCT FROM
      (excluded.score, excluded.value, excluded.growth, excluded.regularity, excluded.potential, excluded.kind,
       excluded.turnover, excluded.turnover_before, excluded.xyz, excluded.own, excluded.usual, excluded.type_priority,
       excluded.rules_id)
