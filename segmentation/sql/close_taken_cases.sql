-- Grain: one handed-over case per client that a person has since given to somebody who is no development manager and
-- not the receiver: nobody recovers it any more, the case is closed. Writes: segmentation_zerocase. Parameters: as_of.
UPDATE segmentation_zerocase taken
SET state = 'closed', closed_on = %(as_of)s, night = %(as_of)s
FROM clients_ownership held
JOIN staff_employee owner ON owner.id = held.owner_id
WHERE taken.state = 'handed_over'
  AND held.client_id = taken.client_id
  AND held.ends_on IS NULL
  AND held.starts_on <= %(as_of)s
  AND held.night IS NULL
  AND held.reason NOT IN ('zero', 'undo')
  AND held.owner_id <> taken.to_owner_id
  AND owner.role NOT IN ('bdm_recovery', 'bdm_key')
