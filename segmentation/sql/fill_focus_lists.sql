-- Grain: client of a focus list. Puts the chosen clients on the lists opened tonight; who was added by hand stays as it is.
-- Reads: night_focus, segmentation_focuslist. Writes: segmentation_focusclient. Parameters: starts_on, filled_on.
INSERT INTO segmentation_focusclient (focus_list_id, client_id, place, is_pinned, is_priority, is_falling, is_late, recent,
                                      usual, season, silent_days, rhythm_days, drop_reason)
SELECT list.id, chosen.client_id, chosen.place, chosen.is_pinned, chosen.is_priority, chosen.is_falling, chosen.is_late,
       chosen.recent, chosen.usual, chosen.season, chosen.silent_days, chosen.rhythm_days, ''
FROM night_focus chosen
JOIN segmentation_focuslist list
  ON list.owner_id = chosen.owner_id AND list.starts_on = %(starts_on)s AND list.filled_on = %(filled_on)s
ON CONFLICT (focus_list_id, client_id) DO NOTHING
