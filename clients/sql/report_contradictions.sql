-- One row per cell that says something else of a client than an earlier row of the same client in the file.
-- Reads client_row; writes intake_bad.
INSERT INTO intake_bad (row, field, value, reason)
SELECT found.row, found.field, left(found.value, 200), 'differs from an earlier row of the same client'
FROM (
    SELECT
        r.row, c.field, c.value,
        first_value(c.value) OVER (PARTITION BY r.party, c.field ORDER BY r.row) AS first
    FROM client_row r
    CROSS JOIN LATERAL (
        VALUES
        ('client', r.name), ('legal_name', r.legal_name), ('inn', r.inn), ('kpp', nullif(r.kpp, '')),
        ('segment', r.segment), ('legacy_type', r.legacy_type), ('legacy_potential', r.legacy_potential),
        ('branch', r.branch),
        ('region', r.region), ('city', r.city), ('address', r.address), ('owner', r.owner)
    ) AS c (field, value)
    WHERE c.value IS NOT NULL AND r.party IS NOT NULL
) AS found
WHERE lower(found.value) <> lower(found.first)
    AND NOT EXISTS (SELECT FROM intake_bad b WHERE b.row = found.row AND b.field = found.field)
