-- Grain: one row per client due for a hand-over tonight, in the order of places (R120): zero TOP, first invoice not
-- confirmed, new without repeat, other zero, lost; then turnover of the window, largest first; ties: client id.
-- Due: zero or lost, the term (grace included) reached, not handed over already. Left out: an exclusion in force, an
-- owner who has it by an earlier hand-over, an owner changed later than as_of, an owner a person gave while the client
-- was silent (until it buys or that person's date), seven days after a separation. A first distribution counts as given
-- by a person when it has an author and is not how the client began.
-- A potential client whose first invoice nobody has confirmed (named by the caller) has no silence: it is reckoned from
-- the day of the invoice; the same things leave it out, but of an owner's change only the date a person gave.
-- is_with_development: its owner is a development manager for another reason; it is for the head's list.
-- is_feed_broken: documents of a source whose feed is broken; the client's case stays as it is tonight.
-- Reads: segmentation_clientstate, segmentation_zerocase, clients_ownership, clients_client, clients_standing,
-- clients_shipment (only when a feed is broken). Parameters: as_of, separation_days, broken_sources, swing_returns,
-- excluded (client ids with an exclusion in force), in_work (client ids with an order in work), in_work_days; parallel
-- arrays invoice_clients, invoice_ids, issued_on, invoice_due_on of the invoices not confirmed.
WITH silent AS (
    SELECT state.client_id, state.status, state.term_class, state.last_purchase_on, state.hand_over_on, state.zero_on,
           state.zero_since, state.rhythm_days, state.returned_in_full,
           client.name, client.branch_id, standing.turnover,
           held.owner_id, owner.role IN ('bdm_recovery', 'bdm_key') AS is_with_development,
           open.id AS case_id, open.state AS case_state, open.why ->> 'approval' AS case_approval,
           open.why ->> 'proposed_on' AS case_proposed_on, NULL::bigint AS invoice_id
    FROM segmentation_clientstate state
    JOIN clients_client client ON client.id = state.client_id AND client.merged_into_id IS NULL
    JOIN clients_standing standing ON standing.client_id = state.client_id
    JOIN clients_ownership held ON held.client_id = state.client_id AND held.ends_on IS NULL
    JOIN staff_employee owner ON owner.id = held.owner_id
    LEFT JOIN segmentation_zerocase open
      ON open.client_id = state.client_id
     AND open.state IN ('waiting', 'order_in_work', 'head_list', 'proposed', 'handed_over')
    WHERE state.status IN ('zero', 'lost')
      AND state.hand_over_on <= %(as_of)s
      AND coalesce(open.state, '') <> 'handed_over'
      AND NOT (owner.role IN ('bdm_recovery', 'bdm_key') AND held.reason = 'zero')
      AND held.starts_on - CASE WHEN held.reason IN ('zero', 'return', 'correction') THEN 1 ELSE 0 END <= %(as_of)s
      AND NOT (
          held.night IS NULL
          AND (
              held.reason IN ('manual', 'substitution', 'dismissal', 'levelling')
              OR (held.reason = 'first' AND held.author_id IS NOT NULL AND held.starts_on > client.owned_from)
          )
          AND state.last_purchase_on <= held.starts_on
          AND CASE
              WHEN held.left_alone_until IS NOT NULL THEN held.left_alone_until > %(as_of)s
              ELSE held.starts_on > state.zero_since
          END
      )
      AND coalesce(client.separated_on + %(separation_days)s <= %(as_of)s, true)
      AND NOT (state.client_id = ANY(%(excluded)s::bigint[]))
),
unconfirmed AS (
    SELECT invoice.client_id, 'potential' AS status, 'unconfirmed_invoice' AS term_class,
           invoice.issued_on AS last_purchase_on, invoice.due_on AS hand_over_on, NULL::date AS zero_on,
           NULL::date AS zero_since, NULL::int AS rhythm_days, false AS returned_in_full,
           client.name, client.branch_id, standing.turnover,
           held.owner_id, owner.role IN ('bdm_recovery', 'bdm_key') AS is_with_development,
           open.id AS case_id, open.state AS case_state, open.why ->> 'approval' AS case_approval,
           open.why ->> 'proposed_on' AS case_proposed_on, invoice.id AS invoice_id
    FROM unnest(%(invoice_clients)s::bigint[], %(invoice_ids)s::bigint[], %(issued_on)s::date[],
                %(invoice_due_on)s::date[]) AS invoice (client_id, id, issued_on, due_on)
    JOIN clients_client client ON client.id = invoice.client_id
    JOIN clients_standing standing ON standing.client_id = invoice.client_id
    JOIN clients_ownership held ON held.client_id = invoice.client_id AND held.ends_on IS NULL
    JOIN staff_employee owner ON owner.id = held.owner_id
    LEFT JOIN segmentation_zerocase open
      ON open.client_id = invoice.client_id
     AND open.state IN ('waiting', 'order_in_work', 'head_list', 'proposed', 'handed_over')
    WHERE coalesce(open.state, '') <> 'handed_over'
      AND NOT (owner.role IN ('bdm_recovery', 'bdm_key') AND held.reason = 'zero')
      AND held.starts_on - CASE WHEN held.reason IN ('zero', 'return', 'correction') THEN 1 ELSE 0 END <= %(as_of)s
      AND coalesce(held.left_alone_until <= %(as_of)s, true)
      AND coalesce(client.separated_on + %(separation_days)s <= %(as_of)s, true)
      AND NOT (invoice.client_id = ANY(%(excluded)s::bigint[]))
),
due AS (
    SELECT * FROM silent
    UNION ALL
    SELECT * FROM unconfirmed
)
SELECT due.*,
       cardinality(%(broken_sources)s::bigint[]) > 0
       AND EXISTS (
           SELECT 1
           FROM clients_legalentity entity
           JOIN clients_shipment document ON document.legal_entity_id = entity.id
           WHERE entity.client_id = due.client_id
             AND document.day <= %(as_of)s
             AND document.source_id = ANY(%(broken_sources)s::bigint[])
       ) AS is_feed_broken,
       due.invoice_id IS NULL
       AND due.client_id = ANY(%(in_work)s::bigint[])
       AND due.hand_over_on + %(in_work_days)s > %(as_of)s AS has_order_in_work,
       (
           SELECT count(*)
           FROM segmentation_zerocase earlier
           WHERE earlier.client_id = due.client_id
             AND earlier.state = 'returned'
             AND earlier.closed_on + interval '12 months' > %(as_of)s::date
       ) >= %(swing_returns)s AS is_swinging
FROM due
ORDER BY CASE
             WHEN due.status = 'lost' THEN 5
             WHEN due.term_class = 'top' THEN 1
             WHEN due.term_class = 'unconfirmed_invoice' THEN 2
             WHEN due.term_class = 'new' THEN 3
             ELSE 4
         END,
         due.turnover DESC,
         due.client_id
