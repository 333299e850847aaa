-- Grain: client; only rows that change, locked in the order of clients before, as people's acts lock them.
-- Which contact norm holds (R89-R93), by what the client is tonight, first match:
-- zero: attempts, in days; TOP; new; internet shop of a head of client service; other. Potential, lost and archived
-- clients, and those joined into others, have none. contact_since: the first night with a norm of this sort.
-- When more than most_at_once clients come under a norm in one night (the first one, a large import), the days from
-- which they are counted are spread over the term before it: their first contacts do not all fall due on one day.
-- Reads: clients_client, clients_segment, clients_ownership, staff_employee. Writes: clients_standing.
-- Parameters: everybody, client_ids (who is looked at); as_of, is_on (a norm is in force), by_calendar, shop_segments,
-- and of the norm: top_months, new_months, shop_months, other_months, zero_days (empty: no attempt is asked for);
-- most_at_once.
WITH fresh AS (
    SELECT ruled.client_id,
           ruled.months,
           ruled.days,
           ruled.months IS NOT NULL AND %(by_calendar)s AS by_calendar,
           CASE
               WHEN ruled.months IS NULL AND ruled.days IS NULL THEN NULL
               WHEN (ruled.months IS NULL) = (ruled.contact_months IS NULL)
                AND (ruled.days IS NULL) = (ruled.contact_days IS NULL)
               THEN coalesce(ruled.contact_since, %(as_of)s::date)
               WHEN ruled.contact_since IS NULL AND ruled.newcomers > %(most_at_once)s
               THEN %(as_of)s::date - mod(ruled.client_id, coalesce(ruled.months * 28, ruled.days))::int
               ELSE %(as_of)s::date
           END AS since
    FROM (
        SELECT kind.client_id,
               kind.contact_months,
               kind.contact_days,
               kind.contact_since,
               CASE kind.name
                   WHEN 'top' THEN %(top_months)s::int
                   WHEN 'new' THEN %(new_months)s::int
                   WHEN 'shop' THEN %(shop_months)s::int
                   WHEN 'other' THEN %(other_months)s::int
               END AS months,
               CASE kind.name WHEN 'zero' THEN %(zero_days)s::int END AS days,
               count(*) FILTER (
                   WHERE kind.contact_since IS NULL
                     AND kind.name <> ''
                     AND NOT (kind.name = 'zero' AND %(zero_days)s::int IS NULL)
               ) OVER () AS newcomers
        FROM (
            SELECT named.client_id,
                   named.contact_months,
                   named.contact_days,
                   named.contact_since,
                   CASE
                       WHEN NOT %(is_on)s OR client.merged_into_id IS NOT NULL THEN ''
                       WHEN named.life_cycle NOT IN ('new', 'active', 'zero') THEN ''
                       WHEN named.life_cycle = 'zero' THEN 'zero'
                       WHEN named.top THEN 'top'
                       WHEN named.life_cycle = 'new' THEN 'new'
                       WHEN shop.client_id IS NOT NULL THEN 'shop'
                       ELSE 'other'
                   END AS name
            FROM clients_standing named
            JOIN clients_client client ON client.id = named.client_id
            LEFT JOIN (
                SELECT held.client_id
                FROM clients_ownership held
                JOIN staff_employee owner ON owner.id = held.owner_id AND owner.role = 'csh'
                JOIN clients_client sold ON sold.id = held.client_id
                JOIN clients_segment segment ON segment.id = sold.segment_id
                WHERE held.ends_on IS NULL AND segment.code = ANY(%(shop_segments)s::text[])
            ) shop ON shop.client_id = named.client_id
            WHERE %(everybody)s OR named.client_id = ANY(%(client_ids)s::bigint[])
        ) kind
    ) ruled
),
changed AS (
    SELECT fresh.*
    FROM clients_standing standing
    JOIN fresh ON fresh.client_id = standing.client_id
    WHERE (standing.contact_months, standing.contact_days, standing.contact_by_calendar, standing.contact_since)
          IS DISTINCT FROM (fresh.months, fresh.days, fresh.by_calendar, fresh.since)
    ORDER BY standing.client_id
    FOR NO KEY UPDATE OF standing
)
UPDATE clients_standing standing
SET contact_months = fresh.months,
    contact_days = fresh.days,
    contact_by_calendar = fresh.by_calendar,
    contact_since = fresh.since
FROM changed fresh
WHERE fresh.client_id = standing.client_id
