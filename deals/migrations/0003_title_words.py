"""Words of tasks and deals, noted by triggers as those of names are (module `clients.words`)."""

from django.db import migrations

SPLIT = "string_to_table(regexp_replace(lower(title), '[^[:alpha:]]+', ' ', 'g'), ' ') AS word"
TABLES = {"deals_task": "task", "deals_deal": "deal"}
NOTE = f"""
CREATE FUNCTION deals_note_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO clients_newword (kind, word, names)
    SELECT TG_ARGV[0], word, CASE TG_OP WHEN 'DELETE' THEN -count(*) ELSE count(*) END
    FROM changed
    CROSS JOIN LATERAL {SPLIT}
    WHERE length(word) >= 3
    GROUP BY word;
    RETURN NULL;
END $$;
CREATE FUNCTION deals_note_changed_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO clients_newword (kind, word, names)
    SELECT TG_ARGV[0], word, sum(more)
    FROM (
        SELECT changed.title, 1 AS more
        FROM changed
        JOIN before ON before.id = changed.id
        WHERE before.title <> changed.title
        UNION ALL
        SELECT before.title, -1
        FROM changed
        JOIN before ON before.id = changed.id
        WHERE before.title <> changed.title
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
        ("INSERT", "NEW TABLE AS changed", "deals_note_words"),
        ("UPDATE", "OLD TABLE AS before NEW TABLE AS changed", "deals_note_changed_words"),
        ("DELETE", "OLD TABLE AS changed", "deals_note_words"),
    )
)
AWAY = (
    "".join(
        f"DROP TRIGGER words_{event} ON {table};" for table in TABLES for event in ("insert", "update", "delete")
    )
    + "DROP FUNCTION deals_note_words, deals_note_changed_words;"
)


class Migration(migrations.Migration):
    dependencies = [("deals", "0002_stage_of_deal"), ("clients", "0005_search_words")]

    operations = [migrations.RunSQL(NOTE + TRIGGERS, AWAY)]
