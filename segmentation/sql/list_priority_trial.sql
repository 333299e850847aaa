-- Grain: client, the highest scores of the criteria on trial first; ties by client. Reads: night_priority,
-- segmentation_priorityscore, clients_client. Parameters: most.
SELECT trial.client_id, client.name, trial.score, stored.score AS before
FROM night_priority trial
JOIN clients_client client ON client.id = trial.client_id
LEFT JOIN segmentation_priorityscore stored ON stored.client_id = trial.client_id
ORDER BY trial.score DESC, trial.client_id
LIMIT %(most)s
