-- One row per staged row that is not left out: whose row it is in the file (`party`) and its cells in one form.
-- A client is its code in the file, else its INN and KPP, else its name as written.
-- Reads intake_staged, intake_day; writes client_row. Parameters: leave_out (field whose emptiness leaves a row out).
CREATE TEMP TABLE client_row ON COMMIT DROP AS
WITH cell AS (
    SELECT
        s.row,
        s.code,
        regexp_replace(s.inn, '\.0+$|\s', '', 'g') AS inn,
        coalesce(regexp_replace(s.kpp, '\.0+$|\s', '', 'g'), '') AS kpp,
        regexp_replace(coalesce(s.client, s.legal_name), '\s+', ' ', 'g') AS name,
        regexp_replace(s.client, '\s+', ' ', 'g') AS own_name,
        regexp_replace(s.legal_name, '\s+', ' ', 'g') AS legal_name,
        s.segment, s.legacy_type, s.legacy_potential, s.branch, s.region, s.city,
        regexp_replace(s.address, '\s+', ' ', 'g') AS address, s.owner, s.comment,
        regexp_replace(
            coalesce(s.contact, nullif(concat_ws(' ', s.last_name, s.first_name, s.patronymic), '')), '\s+', ' ', 'g'
        ) AS contact,
        s.position, s.role, d.value AS birthday, s.contact_note
    FROM intake_staged s
    LEFT JOIN intake_day d ON d.text = s.birthday
    WHERE CASE %(leave_out)s
        WHEN 'code' THEN s.code
        WHEN 'client' THEN coalesce(s.client, s.legal_name)
        WHEN 'contact' THEN coalesce(s.contact, s.last_name, s.first_name)
        ELSE ' '
    END IS NOT NULL
)
SELECT
    *,
    CASE
        WHEN code IS NOT NULL THEN 'c' || code
        WHEN inn IS NOT NULL THEN 'i' || inn || '/' || kpp
        WHEN length(name) > 90 THEN 'n' || md5(name)
        ELSE 'n' || name
    END AS party
FROM cell
