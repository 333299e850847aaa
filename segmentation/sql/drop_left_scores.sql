-- Grain: client. Takes the score from clients that are lost or archived by now; the others keep the points they have.
-- Reads: clients_standing. Writes: segmentation_priorityscore.
DELETE FROM segmentation_priorityscore score
USING clients_standing standing
WHERE standing.client_id = score.client_id
  AND standing.life_cycle NOT IN ('new', 'active', 'zero')
