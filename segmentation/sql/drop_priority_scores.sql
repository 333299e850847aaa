-- Grain: client. Takes the score from clients that are not scored any more.
-- Reads: night_priority. Writes: segmentation_priorityscore.
DELETE FROM segmentation_priorityscore stored
WHERE NOT EXISTS (SELECT 1 FROM night_priority WHERE night_priority.client_id = stored.client_id)
