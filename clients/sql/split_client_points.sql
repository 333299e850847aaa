-- One row per way to reach that a cell names: "8 (812) 555-00-12, 8 921 …" are two. They are parted at commas, semicolons
-- (\x3b), bars and ends of line, addresses at blanks too; the comma before an extension parts nothing.
-- Reads client_row, intake_staged, client_point_field; writes client_point.
CREATE TEMP TABLE client_point ON COMMIT DROP AS
WITH part AS (
    SELECT
        c.row, f.field, f.kind, f.of_company OR c.contact IS NULL AS of_company, p.place,
        regexp_replace(p.value, '^[\s,.\x3b]+|[\s,.\x3b]+$', '', 'g') AS value
    FROM client_row c
    JOIN intake_staged s USING (row)
    CROSS JOIN LATERAL (
        VALUES
        ('company_phone', s.company_phone), ('company_email', s.company_email), ('site', s.site),
        ('phone', s.phone), ('phone_2', s.phone_2), ('phone_3', s.phone_3), ('phone_4', s.phone_4),
        ('email', s.email), ('email_2', s.email_2), ('email_3', s.email_3),
        ('telegram', s.telegram), ('whatsapp', s.whatsapp), ('max', s.max), ('vk', s.vk)
    ) AS cell (field, value)
    JOIN client_point_field f ON f.field = cell.field
    CROSS JOIN LATERAL regexp_split_to_table(
        cell.value,
        CASE WHEN f.kind IN ('phone', 'whatsapp') THEN '[\x3b|\n]+|,(?!\s*(доб|вн|ext))' ELSE '[,|\s\x3b]+' END
    ) WITH ORDINALITY AS p (value, place)
    WHERE cell.value IS NOT NULL
)
SELECT * FROM part
WHERE value <> ''
