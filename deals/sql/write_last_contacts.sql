-- Grain: client, those named; only rows that change.
-- last_contact_on: the newest entry that counts: spoken both ways, its result counts, not corrected (R94, R95).
-- contact_from: the day the running term is reckoned from. Norm in months: that entry, without any the day the client
-- came under the norm. Norm in days: the newest attempt (a call, a meeting, a video call, reached or not; R93), not
-- earlier than that day: the count begins when the client becomes zero.
-- Reads: clients_communication, clients_communicationresult. Writes: clients_standing. Parameters: client_ids.
UPDATE clients_standing standing
SET last_contact_on = fresh.counted_on,
    contact_from = fresh.term_from
FROM (
    SELECT named.client_id,
           counted.day AS counted_on,
           CASE
               WHEN named.contact_months IS NOT NULL THEN coalesce(counted.day, named.contact_since)
               WHEN named.contact_days IS NOT NULL THEN greatest(tried.day, named.contact_since)
           END AS term_from
    FROM clients_standing named
    LEFT JOIN LATERAL (
        SELECT entry.day
        FROM clients_communication entry
        JOIN clients_communicationresult result ON result.id = entry.result_id
        WHERE entry.client_id = named.client_id
          AND entry.is_two_way
          AND result.counts
          AND NOT EXISTS (SELECT 1 FROM clients_communication later WHERE later.corrects_id = entry.id)
        ORDER BY entry.day DESC, entry.id DESC
        LIMIT 1
    ) counted ON true
    LEFT JOIN LATERAL (
        SELECT entry.day
        FROM clients_communication entry
        WHERE entry.client_id = named.client_id
          AND named.contact_days IS NOT NULL
          AND entry.kind IN ('call', 'meeting', 'video')
          AND NOT EXISTS (SELECT 1 FROM clients_communication later WHERE later.corrects_id = entry.id)
        ORDER BY entry.day DESC, entry.id DESC
        LIMIT 1
    ) tried ON true
    WHERE named.client_id = ANY(%(client_ids)s::bigint[])
) fresh
WHERE fresh.client_id = standing.client_id
  AND (standing.last_contact_on, standing.contact_from) IS DISTINCT FROM (fresh.counted_on, fresh.term_from)
