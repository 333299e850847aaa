-- Grain: one client of these whose debt differs: what is unpaid of its invoices that are not cancelled.
-- Reads: deals_invoice. Writes: clients_standing.debt. Parameters: client_ids.
UPDATE clients_standing standing
SET debt = summed.debt
FROM (
    SELECT named.client_id,
           coalesce(
               (
                   SELECT sum(invoice.amount - invoice.paid)
                   FROM deals_invoice invoice
                   WHERE invoice.client_id = named.client_id
                     AND invoice.cancelled_at IS NULL
                     AND invoice.paid < invoice.amount
               ),
               0
           ) AS debt
    FROM unnest(%(client_ids)s::bigint[]) AS named (client_id)
) summed
WHERE summed.client_id = standing.client_id
  AND standing.debt <> summed.debt
