"""Notes of words of names, written by triggers (module `clients.words`).

The triggers only add rows to a table without keys: writers do not wait for each other, nor for who works the notes off.
A statement that writes a million names notes each of its words once.
"""

from django.db import migrations

TABLES = {"clients_client": "client", "clients_legalentity": "entity", "clients_contact": "contact"}
SPLIT = "string_to_table(translate(name_key, '0123456789', '          '), ' ') AS word"
NOTE = f"""
CREATE FUNCTION clients_note_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO clients_newword (kind, word, names)
    SELECT TG_ARGV[0], word, CASE TG_OP WHEN 'DELETE' THEN -count(*) ELSE count(*) END
    FROM changed
    CROSS JOIN LATERAL {SPLIT}
    WHERE length(word) >= 3
    GROUP BY word;
    RETURN NULL;
END $$;
CREATE FUNCTION clients_note_changed_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO clients_newword (kind, word, names)
    SELECT TG_ARGV[0], word, sum(more)
    FROM (
        SELECT changed.name_key, 1 AS more
        FROM changed
        JOIN before ON before.id = changed.id
        WHERE before.name_key <> changed.name_key
        UNION ALL
        SELECT before.name_key, -1
        FROM changed
        JOIN before ON before.id = changed.id
        WHERE before.name_key <> changed.name_key
    ) renamed
    CROSS JOIN LATERAL {SPLIT}
    WHERE length(word) >= 3
    GROUP BY word
    HAVING sum(more) <> 0;
    RETURN NULL;
END $$;
"""
TRIGGERS = "".join(
    f"""
CREATE TRIGGER words_{event.lower()} AFTER {event} ON {table}
    REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {function}('{kind}');
"""
    for table, kind in TABLES.items()
    for event, rows, function in (
        ("INSERT", "NEW TABLE AS changed", "clients_note_words"),
        ("UPDATE", "OLD TABLE AS before NEW TABLE AS changed", "clients_note_changed_words"),
        ("DELETE", "OLD TABLE AS changed", "clients_note_words"),
    )
)
AWAY = (
    "".join(
        f"DROP TRIGGER words_{event} ON {table};" for table in TABLES for event in ("insert", "update", "delete")
    )
    + "DROP FUNCTION clients_note_words, clients_note_changed_words;"
)


class Migration(migrations.Migration):
    dependencies = [("clients", "0004_completeness")]

    operations = [migrations.RunSQL(NOTE + TRIGGERS, AWAY)]
