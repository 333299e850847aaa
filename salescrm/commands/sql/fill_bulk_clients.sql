-- Grain: one client with its legal entity, code, first owner and Standing row; keys are looked at when the transaction ends.
-- Reads: nothing. Writes: clients_client, clients_legalentity, clients_externalcode, clients_ownership, clients_standing.
-- Parameters: clients (number), source_id, starts_on, owner_ids and branch_ids (arrays of one length, taken in turn).
-- Names have a word that all have, one of ten that a tenth have each, and a number of their own.
WITH word AS (
    SELECT *
    FROM unnest(
        ARRAY['Ромашка', 'Текстиль', 'Принт', 'Спецодежда', 'Волна', 'Мастер', 'Янтарь', 'Каскад', 'Орбита', 'Вектор'],
        ARRAY['romashka', 'tekstil', 'print', 'specodezhda', 'volna', 'master', 'yantar', 'kaskad', 'orbita', 'vektor']
    ) WITH ORDINALITY AS told (word, word_key, place)
),
numbered AS MATERIALIZED (
    SELECT n, lpad(n::text, 7, '0') AS digits, word, word_key,
           nextval(pg_get_serial_sequence('clients_client', 'id')) AS client_id,
           nextval(pg_get_serial_sequence('clients_legalentity', 'id')) AS entity_id,
           (%(owner_ids)s::bigint[])[1 + n %% array_length(%(owner_ids)s::bigint[], 1)] AS owner_id,
           (%(branch_ids)s::bigint[])[1 + n %% array_length(%(owner_ids)s::bigint[], 1)] AS branch_id
    FROM generate_series(1, %(clients)s) AS n
    JOIN word ON word.place = 1 + n %% 10
),
client AS (
    INSERT INTO clients_client (id, name, name_key, name_sort, branch_id, city, region, channel, owned_from,
                                archive_reason, created_on)
    SELECT client_id, 'Клиент ' || word || ' ' || digits, 'klient ' || word_key || ' ' || digits,
           'клиент ' || lower(word) || ' ' || digits, branch_id, '', '', 'wholesale', %(starts_on)s, '', %(starts_on)s
    FROM numbered
),
entity AS (
    INSERT INTO clients_legalentity (id, client_id, name, name_key, inn, kpp)
    SELECT entity_id, client_id, 'ООО «Клиент ' || word || ' ' || digits || '»',
           'klient ' || word_key || ' ' || digits, '780' || digits, ''
    FROM numbered
),
code AS (
    INSERT INTO clients_externalcode (source_id, code, legal_entity_id)
    SELECT %(source_id)s, 'C-' || digits, entity_id
    FROM numbered
),
owner AS (
    INSERT INTO clients_ownership (client_id, owner_id, starts_on, reason, note)
    SELECT client_id, owner_id, %(starts_on)s, 'first', ''
    FROM numbered
)
INSERT INTO clients_standing (client_id, abc, xyz, previous_class, key_client, turnover, turnover_before, months, top,
                              life_cycle, purchases)
SELECT client_id, '', '', '', false, 0, 0, '{}', false, 'potential', 0
FROM numbered
