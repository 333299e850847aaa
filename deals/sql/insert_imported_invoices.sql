-- Grain: one invoice of the file the base has not. Its manager is who owned the client on the day of issue, before the
-- first owner the first one; the client was new when it had bought on one day at most before.
-- Reads money_row, money_party, intake_staged, clients_client, clients_ownership, clients_legalentity, clients_shipment;
-- writes deals_invoice. Parameters: source, intake; branches, days, terms (parallel: last day to pay by branch and day).
INSERT INTO deals_invoice (
    source_id, external_id, number, period, client_id, legal_entity_id, issued_on, valid_until, amount, paid, currency,
    rate, subject, is_of_new, responsible_id, cancel_reason, cancel_comment, intake_id
)
SELECT %(source)s, m.external_id, coalesce(nullif(m.number, ''), left(m.external_id, 60)), m.period, p.client_id,
       p.entity_id, m.day, term.valid_until, m.amount, 0, m.currency, m.rate, left(coalesce(s.subject, ''), 300),
       (
           SELECT count(*)
           FROM (
               SELECT DISTINCT document.day
               FROM clients_legalentity own
               JOIN clients_shipment document ON document.legal_entity_id = own.id
               WHERE own.client_id = p.client_id AND document.day < m.day AND document.total > 0
               LIMIT 2
           ) bought
       ) < 2,
       held.owner_id, '', '', %(intake)s
FROM money_row m
JOIN money_party p USING (row)
JOIN intake_staged s USING (row)
JOIN clients_client client ON client.id = p.client_id
JOIN unnest(%(branches)s::bigint[], %(days)s::date[], %(terms)s::date[]) AS term (branch_id, day, valid_until)
  ON term.branch_id = client.branch_id AND term.day = m.day
CROSS JOIN LATERAL (
    SELECT owner_id
    FROM clients_ownership one
    WHERE one.client_id = p.client_id
    ORDER BY one.starts_on <= m.day DESC, abs(one.starts_on - m.day)
    LIMIT 1
) held
WHERE NOT EXISTS (
    SELECT FROM deals_invoice known
    WHERE known.source_id = %(source)s
      AND known.external_id = m.external_id
      AND (m.external_id <> '' OR (known.number = m.number AND known.period = m.period))
)
ORDER BY m.row
