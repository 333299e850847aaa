-- One row per document of the file with its totals, the md5 of its content and the shipment it is in the base.
-- Identity: the file's own id; else number and numbering period; else legal entity and day.
-- Reads order_keyed_line, clients_shipment; writes order_document. Parameters: source.
CREATE TEMP TABLE order_document ON COMMIT DROP AS
WITH document AS (
    SELECT
        document,
        min(external_id) AS external_id,
        min(number) AS number,
        min(period) AS period,
        min(day) AS day,
        min(entity_id) AS entity_id,
        min(currency) AS currency,
        min(rate) AS rate,
        min(salesperson) AS salesperson,
        count(*) AS lines,
        sum(amount) AS total,
        min(row) AS first_row,
        max(day) <> min(day) OR max(entity_id) <> min(entity_id) OR max(currency) <> min(currency) OR max(rate) <> min(rate)
            AS torn,
        md5(
            concat_ws('|', min(number), min(day), min(currency), trim_scale(min(rate)), min(salesperson)) || E'\n'
            || string_agg(
                concat_ws('|', product_code, trim_scale(quantity), trim_scale(price), amount), E'\n' ORDER BY row
            )
        )::uuid AS content
    FROM order_keyed_line
    GROUP BY document
)
SELECT
    d.*,
    coalesce(by_id.id, by_number.id, by_day.id, nextval(pg_get_serial_sequence('clients_shipment', 'id'))) AS shipment_id,
    coalesce(by_id.content, by_number.content, by_day.content) AS old_content,
    coalesce(by_id.legal_entity_id, by_number.legal_entity_id, by_day.legal_entity_id) AS old_entity_id,
    coalesce(by_id.day, by_number.day, by_day.day) AS old_day,
    coalesce(by_id.id, by_number.id, by_day.id) IS NULL AS is_new,
    coalesce(by_id.content, by_number.content, by_day.content) <> d.content
    OR coalesce(by_id.legal_entity_id, by_number.legal_entity_id, by_day.legal_entity_id) <> d.entity_id AS is_changed,
    0 AS kept
FROM document d
LEFT JOIN clients_shipment by_id
    ON by_id.source_id = %(source)s AND by_id.external_id = d.external_id AND by_id.external_id <> '' AND d.external_id <> ''
LEFT JOIN clients_shipment by_number
    ON by_number.source_id = %(source)s AND by_number.external_id = '' AND by_number.number <> ''
    AND by_number.number = d.number AND by_number.period = d.period AND d.external_id = '' AND d.number <> ''
LEFT JOIN clients_shipment by_day
    ON by_day.source_id = %(source)s AND by_day.external_id = '' AND by_day.number = ''
    AND by_day.legal_entity_id = d.entity_id AND by_day.day = d.day AND d.external_id = '' AND d.number = ''
