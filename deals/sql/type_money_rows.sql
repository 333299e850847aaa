-- One row per staged row of invoices or payments: cells as values, `bad` where any cell cannot be taken.
-- A document is known by its own id, else by its number (of invoices: in its year), so it needs one of them.
-- Reads intake_staged, intake_day, intake_number, intake_inn; writes money_row. Parameters: currency and rate of the
-- file, base (base currency).
CREATE TEMP TABLE money_row ON COMMIT DROP AS
WITH cell AS (
    SELECT
        s.row,
        coalesce(s.document_id, '') AS external_id,
        coalesce(s.number, '') AS number,
        d.value AS day,
        coalesce(s.client_code, '') AS code,
        coalesce(regexp_replace(s.inn, '\.0+$|\s', '', 'g'), '') AS inn,
        coalesce(regexp_replace(s.kpp, '\.0+$|\s', '', 'g'), '') AS kpp,
        s.client AS name,
        CASE WHEN na.text IS NULL THEN s.amount::numeric ELSE na.value END AS amount,
        CASE WHEN nr.text IS NULL THEN s.rate::numeric ELSE nr.value END AS file_rate,
        CASE
            WHEN upper(coalesce(s.currency, %(currency)s)) IN (%(base)s, '') THEN ''
            WHEN %(base)s = 'RUB' AND lower(s.currency) IN ('руб', 'руб.', 'рубль', '643', '810', 'rur') THEN ''
            ELSE upper(coalesce(s.currency, %(currency)s))
        END AS currency,
        s.inn IS NOT NULL AND EXISTS (SELECT FROM intake_inn i WHERE i.text = s.inn AND i.reason IS NOT NULL) AS bad_inn
    FROM intake_staged s
    LEFT JOIN intake_day d ON d.text = s.day
    LEFT JOIN intake_number na ON na.text = s.amount
    LEFT JOIN intake_number nr ON nr.text = s.rate
), valued AS (
    SELECT *, CASE WHEN currency = '' THEN 1 ELSE coalesce(file_rate, %(rate)s::numeric) END AS rate FROM cell
)
SELECT
    row, external_id, number, day, extract(year FROM day)::int AS period, code, inn, kpp, name, currency, rate,
    round(amount * rate, 2) AS amount,
    coalesce(
        day IS NULL
        OR (external_id = '' AND number = '')
        OR (code = '' AND inn = '' AND name IS NULL)
        OR amount IS NULL OR round(amount * rate, 2) <= 0 OR amount * rate >= 1e12
        OR rate IS NULL OR rate <= 0 OR rate >= 1e9
        OR bad_inn
        OR length(external_id) > 100 OR length(number) > 60 OR length(currency) NOT IN (0, 3),
        true
    ) AS bad
FROM valued
