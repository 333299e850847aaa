-- Grain: one row. What the criteria on trial would do: clients scored, above the limit, proposed by branch, whose score
-- changes. Reads: night_priority, segmentation_priorityscore, clients_client. Parameters: cut_off, list_size.
WITH ranked AS (
    SELECT trial.client_id, trial.score,
           row_number() OVER (PARTITION BY client.branch_id ORDER BY trial.score DESC, trial.client_id) AS place
    FROM night_priority trial
    JOIN clients_client client ON client.id = trial.client_id
)
SELECT count(*) AS scored,
       count(*) FILTER (WHERE ranked.score >= %(cut_off)s) AS above,
       count(*) FILTER (WHERE ranked.score >= %(cut_off)s AND ranked.place <= %(list_size)s) AS proposed,
       count(*) FILTER (WHERE ranked.score IS DISTINCT FROM stored.score) AS changed
FROM ranked
LEFT JOIN segmentation_priorityscore stored ON stored.client_id = ranked.client_id
