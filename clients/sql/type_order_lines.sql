-- One row per staged row that is not left out: cells as values, `bad` where any cell cannot be taken.
-- Reads intake_staged, intake_day, intake_number, intake_inn; writes order_line.
-- Parameters: numbering (year, month, none), leave_out (field whose emptiness leaves a row out, '' for none),
-- whole (client codes like 17850.0 are 17850), currency and rate of the file, base (base currency).
-- A number that is not in intake_number is plain: the database reads it by itself.
-- A return that the file marks by a word is negative; a cancelled document counts nothing.
CREATE TEMP TABLE order_line ON COMMIT DROP AS
WITH cell AS (
    SELECT
        s.row,
        coalesce(s.document_id, '') AS external_id,
        coalesce(s.number, '') AS number,
        d.value AS day,
        CASE WHEN %(whole)s THEN regexp_replace(s.client_code, '\.0+$', '') ELSE s.client_code END AS client_code,
        regexp_replace(s.inn, '\.0+$|\s', '', 'g') AS inn,
        regexp_replace(s.kpp, '\.0+$|\s', '', 'g') AS kpp,
        s.client,
        coalesce(s.product_code, CASE WHEN length(s.product) > 100 THEN md5(s.product) ELSE s.product END) AS product_code,
        CASE WHEN nq.text IS NULL THEN s.quantity::numeric ELSE nq.value END AS quantity,
        CASE WHEN np.text IS NULL THEN s.price::numeric ELSE np.value END AS price,
        CASE WHEN na.text IS NULL THEN s.amount::numeric ELSE na.value END AS amount,
        CASE WHEN nr.text IS NULL THEN s.rate::numeric ELSE nr.value END AS file_rate,
        CASE
            WHEN upper(coalesce(s.currency, %(currency)s)) IN (%(base)s, '') THEN ''
            WHEN %(base)s = 'RUB' AND lower(s.currency) IN ('руб', 'руб.', 'рубль', '643', '810', 'rur') THEN ''
            ELSE upper(coalesce(s.currency, %(currency)s))
        END AS currency,
        s.salesperson,
        s.operation ~* '^(возврат|return|refund|сторно|credit)' AS returned,
        s.cancelled ~* '^(true|да|yes|1|отмен|cancel)' AS cancelled,
        s.inn IS NOT NULL AND EXISTS (SELECT FROM intake_inn i WHERE i.text = s.inn AND i.reason IS NOT NULL) AS bad_inn,
        s.quantity IS NOT NULL AS has_quantity, s.price IS NOT NULL AS has_price, s.amount IS NOT NULL AS has_amount,
        s.rate IS NOT NULL AND nr.reason IS NOT NULL AS bad_rate,
        length(s.client) AS client_length, length(s.product) AS product_length
    FROM intake_staged s
    LEFT JOIN intake_day d ON d.text = s.day
    LEFT JOIN intake_number nq ON nq.text = s.quantity
    LEFT JOIN intake_number np ON np.text = s.price
    LEFT JOIN intake_number na ON na.text = s.amount
    LEFT JOIN intake_number nr ON nr.text = s.rate
    WHERE CASE %(leave_out)s
        WHEN 'client_code' THEN s.client_code
        WHEN 'client' THEN s.client
        WHEN 'number' THEN s.number
        WHEN 'product_code' THEN s.product_code
        ELSE ' '
    END IS NOT NULL
), valued AS (
    SELECT *, CASE WHEN currency = '' THEN 1 ELSE coalesce(file_rate, %(rate)s::numeric) END AS rate FROM cell
)
SELECT
    row, external_id, number, day,
    CASE %(numbering)s
        WHEN 'year' THEN extract(year FROM day)::int
        WHEN 'month' THEN (extract(year FROM day) * 100 + extract(month FROM day))::int
        ELSE 0
    END AS period,
    CASE
        WHEN client_code IS NOT NULL THEN 'c' || client_code
        WHEN inn IS NOT NULL THEN 'i' || inn || '/' || coalesce(kpp, '')
        WHEN length(client) > 90 THEN 'n' || md5(client)
        ELSE 'n' || client
    END AS party,
    product_code, quantity, price, currency, rate, salesperson,
    CASE
        WHEN cancelled THEN 0
        WHEN returned THEN -abs(round(coalesce(amount, price * quantity) * rate, 4))
        ELSE round(coalesce(amount, price * quantity) * rate, 4)
    END AS amount,
    coalesce(
        day IS NULL
        OR (client_code IS NULL AND inn IS NULL AND client IS NULL)
        OR (has_quantity AND quantity IS NULL)
        OR (has_price AND price IS NULL)
        OR (has_amount AND amount IS NULL)
        OR coalesce(amount, price * quantity) IS NULL
        OR abs(coalesce(amount, price * quantity) * rate) >= 1e12
        OR bad_rate OR rate IS NULL OR rate <= 0 OR rate >= 1e9
        OR bad_inn OR kpp !~ '^\d{4}[\dA-Z]{2}\d{3}$'
        OR length(client_code) > 90 OR client_length > 255 OR product_length > 300 OR length(product_code) > 100
        OR length(external_id) > 100 OR length(number) > 60 OR length(currency) NOT IN (0, 3),
        false
    ) AS bad
FROM valued
