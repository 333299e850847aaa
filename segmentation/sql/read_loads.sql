-- Grain: one row per development manager with open recovery cases (of clients that are not archived): the load.
-- Reads: segmentation_zerocase, segmentation_clientstate.
SELECT handed.to_owner_id AS receiver_id, count(*) AS load
FROM segmentation_zerocase handed
LEFT JOIN segmentation_clientstate state ON state.client_id = handed.client_id
WHERE handed.state = 'handed_over' AND coalesce(state.status, '') <> 'archived'
GROUP BY handed.to_owner_id
