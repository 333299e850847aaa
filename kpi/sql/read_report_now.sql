-- Grain: code and person; what is so now and is kept of no other day. deals_without_task: open ones; contacts_late: the
-- running term of the contact norm is over; orders_late: by their own rhythm clients should have ordered by now;
-- hand_overs_late: zero clients that wait for approval. Of the clients' owners, of who answers for the deal.
-- Reads: deals_deal, clients_standing, clients_ownership, segmentation_zerocase. Parameters: end.
SELECT 'deals_without_task' AS measure, deal.owner_id AS employee, count(*) AS value
FROM deals_deal deal
WHERE deal.state = 'open'
  AND deal.next_task_on IS NULL
GROUP BY deal.owner_id
UNION ALL
SELECT counted.code, summed.owner_id, counted.value
FROM (
    SELECT owner.owner_id,
           count(*) FILTER (WHERE known.contact_due_on <= %(end)s::date) AS contacts_late,
           count(*) FILTER (WHERE known.expected_on <= %(end)s::date) AS orders_late,
           count(*) FILTER (WHERE known.expected_on <= %(end)s::date AND known.key_client) AS orders_late_key
    FROM clients_standing known
    JOIN clients_client client
      ON client.id = known.client_id
     AND client.merged_into_id IS NULL
     AND client.archived_on IS NULL
    JOIN clients_ownership owner ON owner.client_id = known.client_id AND owner.ends_on IS NULL
    WHERE known.contact_due_on <= %(end)s::date OR known.expected_on <= %(end)s::date
    GROUP BY owner.owner_id
) summed
CROSS JOIN LATERAL (
    VALUES ('contacts_late', summed.contacts_late), ('orders_late', summed.orders_late),
           ('orders_late_key', summed.orders_late_key)
) AS counted (code, value)
UNION ALL
SELECT 'hand_overs_late', held.from_owner_id, count(*)
FROM segmentation_zerocase held
WHERE held.state = 'proposed'
GROUP BY held.from_owner_id
