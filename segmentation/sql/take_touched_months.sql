-- Grain: one pair (legal entity, month). Takes exactly the queue rows this statement sees, so that a month touched
-- while the step runs stays in the queue. Writes: clients_touchedmonth, segmentation_touchedpair.
WITH taken AS (
    DELETE FROM clients_touchedmonth RETURNING legal_entity_id, month
)
INSERT INTO segmentation_touchedpair (legal_entity_id, month)
SELECT DISTINCT legal_entity_id, month FROM taken
