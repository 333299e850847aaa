-- Grain: one row per client that is in a TOP cell, on the list, or named by a person; the temporary table night_top.
-- Reads: segmentation_classification (open rows), segmentation_topmembership, segmentation_topoverride,
-- segmentation_clientstate (of the night before), segmentation_purchaseday, clients_client, clients_externalcode.
-- Parameters: as_of, cells, cap (NULL: none), zero_top, lost_top, lost_new, lost_other (months), seasonal_guard.
-- Ties of rank: smallest external code (COLLATE "C"; none first), then client id. Of several words of people the newest
-- holds.
CREATE TEMPORARY TABLE night_top ON COMMIT DROP AS
WITH code AS (
    SELECT entity.client_id, min(external.code COLLATE "C") AS code
    FROM clients_legalentity entity
    JOIN clients_externalcode external ON external.legal_entity_id = entity.id
    GROUP BY entity.client_id
),
in_cell AS (
    SELECT class.client_id,
           row_number() OVER (
               ORDER BY class.turnover DESC, coalesce(code.code, '') COLLATE "C", class.client_id
           ) AS rank
    FROM segmentation_classification class
    LEFT JOIN code ON code.client_id = class.client_id
    WHERE class.until IS NULL AND class.abc || class.xyz = ANY(%(cells)s::text[])
),
word AS (
    SELECT DISTINCT ON (client_id) client_id, is_in
    FROM segmentation_topoverride
    WHERE starts_on <= %(as_of)s AND until > %(as_of)s
    ORDER BY client_id, id DESC
),
member AS (
    SELECT client_id FROM segmentation_topmembership WHERE left_on IS NULL
),
asked AS (
    SELECT client_id FROM in_cell
    UNION SELECT client_id FROM member
    UNION SELECT client_id FROM word
),
known AS (
    SELECT asked.client_id,
           client.merged_into_id IS NOT NULL AS is_merged,
           client.archived_on,
           state.archive_ended,
           state.archived_by_hand,
           member.client_id IS NOT NULL AS is_member,
           word.is_in AS word_in,
           class.abc || class.xyz AS cell,
           coalesce(class.abc, '') <> '' AND coalesce(class.xyz, '') <> '' AS has_letters,
           coalesce(class.turnover, 0) AS turnover,
           in_cell.rank,
           bought.last_on,
           state.silence,
           state.term_class,
           state.last_purchase_on AS known_last_on,
           state.lost_on,
           coalesce(
               %(seasonal_guard)s AND cardinality(state.seasonal_months) > 0 AND state.purchases >= 4
               AND state.first_purchase_on + interval '2 years' <= %(as_of)s::date,
               false
           ) AS is_seasonal
    FROM asked
    JOIN clients_client client ON client.id = asked.client_id
    LEFT JOIN member ON member.client_id = asked.client_id
    LEFT JOIN word ON word.client_id = asked.client_id
    LEFT JOIN in_cell ON in_cell.client_id = asked.client_id
    LEFT JOIN segmentation_classification class ON class.client_id = asked.client_id AND class.until IS NULL
    LEFT JOIN segmentation_clientstate state ON state.client_id = asked.client_id
    LEFT JOIN LATERAL (
        SELECT max(newest.day) AS last_on
        FROM clients_legalentity entity
        CROSS JOIN LATERAL (
            SELECT purchase.day
            FROM segmentation_purchaseday purchase
            WHERE purchase.legal_entity_id = entity.id
            ORDER BY purchase.day DESC
            LIMIT 1
        ) newest
        WHERE entity.client_id = asked.client_id
    ) bought ON true
)
SELECT client_id,
       is_merged,
       is_member,
       word_in,
       cell,
       has_letters,
       turnover,
       rank,
       rank IS NOT NULL AND (%(cap)s::int IS NULL OR rank <= %(cap)s::int) AS is_within_cap,
       last_on + make_interval(months => %(zero_top)s) > %(as_of)s::date AS is_buying,
       -- archived by hand: not ended by a purchase after that day, nor by one later than the last one known then
       coalesce(
           archived_on <= %(as_of)s
           AND archived_on IS DISTINCT FROM archive_ended
           AND coalesce(last_on <= archived_on, true)
           AND NOT (archived_by_hand AND coalesce(last_on > known_last_on, false)),
           false
       ) AS is_archived_by_hand,
       -- lost in this very night: the state of the night before, no purchase since, and the term over by now
       coalesce(
           last_on <= known_last_on AND (
               silence IN ('lost', 'archived')
               OR silence = 'zero' AND is_seasonal AND lost_on <= %(as_of)s
               OR silence = 'zero' AND NOT is_seasonal
                  AND last_on + make_interval(months => CASE term_class
                          WHEN 'top' THEN %(lost_top)s WHEN 'new' THEN %(lost_new)s ELSE %(lost_other)s
                      END) <= %(as_of)s::date
           ),
           false
       ) AS is_lost
FROM known
