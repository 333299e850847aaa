-- Grain: one case per due client: the open one is changed where anything differs, a new one is made where there is
-- none.
-- Reads: the list as one JSON array. Writes: segmentation_zerocase. Parameters: as_of, rule_set, cases.
WITH listed AS (
    SELECT *
    FROM jsonb_to_recordset(%(cases)s::jsonb) AS one (
        case_id bigint, client_id bigint, rule text, state text, silent_since date, due_on date, was_lost boolean,
        turnover numeric, from_owner_id bigint, to_owner_id bigint, handed_on date, approved boolean, why jsonb
    )
),
changed AS (
    UPDATE segmentation_zerocase stored
    SET rule = listed.rule, state = listed.state, silent_since = listed.silent_since, due_on = listed.due_on,
        was_lost = listed.was_lost, turnover = listed.turnover, from_owner_id = listed.from_owner_id,
        to_owner_id = listed.to_owner_id, handed_on = listed.handed_on, approved = listed.approved, why = listed.why,
        night = %(as_of)s, rule_set_id = %(rule_set)s
    FROM listed
    WHERE listed.case_id = stored.id
      AND (stored.rule, stored.state, stored.silent_since, stored.due_on, stored.was_lost, stored.turnover,
           stored.from_owner_id, stored.to_owner_id, stored.handed_on, stored.approved, stored.why)
          IS DISTINCT FROM
          (listed.rule, listed.state, listed.silent_since, listed.due_on, listed.was_lost, listed.turnover,
           listed.from_owner_id, listed.to_owner_id, listed.handed_on, listed.approved, listed.why)
    RETURNING stored.id
),
made AS (
    INSERT INTO segmentation_zerocase (client_id, rule, state, silent_since, due_on, was_lost, turnover, from_owner_id,
                                       to_owner_id, opened_on, night, why, handed_on, approved, rule_set_id)
    SELECT client_id, rule, state, silent_since, due_on, was_lost, turnover, from_owner_id, to_owner_id, %(as_of)s,
           %(as_of)s, why, handed_on, approved, %(rule_set)s
    FROM listed
    WHERE case_id IS NULL
    RETURNING id
)
SELECT (SELECT count(*) FROM changed) + (SELECT count(*) FROM made) AS cases
