-- Grain: one row per client that is not joined into another; the temporary table kpi_client.
-- client_group: the first that holds: on the TOP list of list_day; new: first purchase in [new_from, next_month) and not
-- before first purchases are known; internet shop by channel or type; other.
-- first_owner: of the month's first day, or of the first day of a client that came later. base_owner: the same, but a
-- client handed over by then stays with the owner it was taken from (C33). last_owner: of as_of.
-- Parameters: month, next_month, as_of, list_day, new_from, known_from (empty: all), shop_segments.
CREATE TEMPORARY TABLE kpi_client ON COMMIT DROP AS
SELECT client.id AS client_id,
       client.segment_id,
       client.owned_from,
       client.archived_on,
       CASE
           WHEN EXISTS (
               SELECT 1 FROM segmentation_topmembership member
               WHERE member.client_id = client.id
                 AND member.entered_on <= %(list_day)s::date
                 AND (member.left_on IS NULL OR member.left_on > %(list_day)s::date)
           ) THEN 'top'
           WHEN state.first_purchase_on >= greatest(%(new_from)s::date, %(known_from)s::date)
            AND state.first_purchase_on < %(next_month)s::date THEN 'new'
           WHEN client.channel = 'internet_shop' OR segment.code = ANY(%(shop_segments)s::text[]) THEN 'shops'
           ELSE 'others'
       END AS client_group,
       state.first_purchase_on,
       first_one.owner_id AS first_owner_id,
       coalesce(taken.from_owner_id, first_one.owner_id) AS base_owner_id,
       last_one.owner_id AS last_owner_id
FROM clients_client client
LEFT JOIN clients_segment segment ON segment.id = client.segment_id
LEFT JOIN segmentation_clientstate state ON state.client_id = client.id
JOIN clients_ownership first_one
  ON first_one.client_id = client.id
 AND first_one.starts_on <= greatest(%(month)s::date, client.owned_from)
 AND (first_one.ends_on IS NULL OR first_one.ends_on > greatest(%(month)s::date, client.owned_from))
JOIN clients_ownership last_one
  ON last_one.client_id = client.id
 AND last_one.starts_on <= greatest(%(as_of)s::date, client.owned_from)
 AND (last_one.ends_on IS NULL OR last_one.ends_on > greatest(%(as_of)s::date, client.owned_from))
LEFT JOIN (
    SELECT DISTINCT ON (held.client_id) held.client_id, held.from_owner_id, held.to_owner_id
    FROM segmentation_zerocase held
    WHERE held.state IN ('handed_over', 'returned', 'closed')
      AND held.handed_on <= %(month)s::date
      AND (held.returned_on IS NULL OR held.returned_on > %(month)s::date)
    ORDER BY held.client_id, held.handed_on DESC, held.id DESC
) taken ON taken.client_id = client.id AND taken.to_owner_id = first_one.owner_id
WHERE client.merged_into_id IS NULL
