-- Grain: level, keys and measure: 0 both cuts, 1 the first one alone, 2 everything; the `size` largest rows of a level by
-- `lead`. `place`: of the row among those of its level, `rows`: how many there are.
-- A key is the text of an id, a code, a region or a day; empty for none.
-- Reads: kpi_piece, staff_employee. Parameters: first, second (cuts; second may be empty), client_group (empty: any),
-- segment (empty: any), region (empty: any), lead (a measure), size.
WITH part AS (
    SELECT piece.measure,
           piece.value,
           CASE %(first)s
               WHEN 'client' THEN coalesce(piece.client_id::text, '')
               WHEN 'type' THEN coalesce(piece.segment_id::text, '')
               WHEN 'group' THEN piece.client_group
               WHEN 'person' THEN piece.employee_id::text
               WHEN 'position' THEN coalesce(person.position_id::text, '')
               WHEN 'direction' THEN coalesce(piece.direction_id::text, '')
               WHEN 'branch' THEN piece.branch_id::text
               WHEN 'department' THEN coalesce(piece.department_id::text, '')
               WHEN 'region' THEN piece.region
               WHEN 'month' THEN piece.month_id::text
               ELSE ''
           END AS first_key,
           CASE %(second)s
               WHEN 'client' THEN coalesce(piece.client_id::text, '')
               WHEN 'type' THEN coalesce(piece.segment_id::text, '')
               WHEN 'group' THEN piece.client_group
               WHEN 'person' THEN piece.employee_id::text
               WHEN 'position' THEN coalesce(person.position_id::text, '')
               WHEN 'direction' THEN coalesce(piece.direction_id::text, '')
               WHEN 'branch' THEN piece.branch_id::text
               WHEN 'department' THEN coalesce(piece.department_id::text, '')
               WHEN 'region' THEN piece.region
               WHEN 'month' THEN piece.month_id::text
               ELSE ''
           END AS second_key
    FROM kpi_piece piece
    JOIN staff_employee person ON person.id = piece.employee_id
    WHERE (%(client_group)s = '' OR piece.client_group = %(client_group)s)
      AND (%(segment)s::bigint IS NULL OR piece.segment_id = %(segment)s::bigint)
      AND (%(region)s = '' OR piece.region = %(region)s)
),
cut AS (
    SELECT grouping(first_key) + grouping(second_key) AS level,
           coalesce(first_key, '') AS first_key,
           coalesce(second_key, '') AS second_key,
           measure,
           sum(value) AS value
    FROM part
    GROUP BY GROUPING SETS ((first_key, second_key, measure), (first_key, measure), (measure))
),
ranked AS (
    SELECT led.level, led.first_key, led.second_key,
           row_number() OVER (
               PARTITION BY led.level ORDER BY led.value DESC, led.first_key, led.second_key
           ) AS place,
           count(*) OVER (PARTITION BY led.level) AS rows
    FROM (
        SELECT level, first_key, second_key, coalesce(sum(value) FILTER (WHERE measure = %(lead)s), 0) AS value
        FROM cut
        GROUP BY level, first_key, second_key
    ) led
)
SELECT cut.level, cut.first_key, cut.second_key, cut.measure, cut.value, ranked.place, ranked.rows
FROM cut
JOIN ranked
  ON ranked.level = cut.level AND ranked.first_key = cut.first_key AND ranked.second_key = cut.second_key
WHERE ranked.place <= %(size)s
  AND (cut.level > 0 OR %(second)s <> '')
