-- Contacts of the month by kind, those with a result, and calls with a result that counts and a comment (R250); of their
-- authors, corrected entries and notes left out. Reads: clients_communication. Writes: kpi_fact. Parameters: month, as_of.
INSERT INTO kpi_fact (measure, employee_id, client_id, value)
SELECT counted.measure, summed.author_id, summed.client_id, counted.value
FROM (
    SELECT entry.author_id,
           client.client_id,
           count(*) AS contacts,
           count(entry.result_id) AS with_result,
           count(*) FILTER (WHERE entry.kind = 'call') AS calls,
           count(*) FILTER (WHERE entry.kind IN ('meeting', 'video')) AS meetings,
           count(*) FILTER (WHERE entry.kind = 'letter') AS letters,
           count(*) FILTER (WHERE entry.kind = 'message') AS messages,
           count(*) FILTER (
               WHERE entry.kind = 'call' AND entry.is_connected AND result.counts AND entry.text <> ''
           ) AS effective
    FROM clients_communication entry
    JOIN kpi_client client ON client.client_id = entry.client_id
    LEFT JOIN clients_communicationresult result ON result.id = entry.result_id
    WHERE entry.day BETWEEN %(month)s::date AND %(as_of)s::date
      AND entry.kind <> 'note'
      AND NOT EXISTS (SELECT 1 FROM clients_communication later WHERE later.corrects_id = entry.id)
    GROUP BY entry.author_id, client.client_id
) summed
CROSS JOIN LATERAL (
    VALUES ('contacts', summed.contacts), ('contacts_with_result', summed.with_result),
           ('contacts_call', summed.calls), ('contacts_meeting', summed.meetings),
           ('contacts_letter', summed.letters), ('contacts_message', summed.messages),
           ('effective_calls', summed.effective)
) AS counted (measure, value)
WHERE counted.value <> 0
