"""Notes of changed clients, written by triggers, and the view that makes exact sums of them (module `clients.tally`).

The triggers only add rows to a table without keys: writers do not wait for each other, nor for who works the notes off.
"""

from django.db import migrations

NOTE = """
CREATE FUNCTION clients_note_untallied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO clients_untallied (client_id) SELECT DISTINCT client_id FROM changed;
    RETURN NULL;
END $$;
CREATE FUNCTION clients_note_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO clients_untallied (client_id)
    SELECT changed.client_id
    FROM changed
    JOIN before ON before.client_id = changed.client_id
    WHERE (changed.abc, changed.xyz, changed.top, changed.life_cycle, changed.turnover, changed.turnover_before)
          IS DISTINCT FROM
          (before.abc, before.xyz, before.top, before.life_cycle, before.turnover, before.turnover_before);
    RETURN NULL;
END $$;
CREATE FUNCTION clients_note_client() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO clients_untallied (client_id)
    SELECT changed.id
    FROM changed
    JOIN before ON before.id = changed.id
    WHERE (changed.branch_id, changed.merged_into_id) IS DISTINCT FROM (before.branch_id, before.merged_into_id);
    RETURN NULL;
END $$;
"""
TRIGGERS = "".join(
    f"""
CREATE TRIGGER tally_{event.lower()} AFTER {event} ON {table}
    REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
    for table, event, rows, function in (
        ("clients_standing", "INSERT", "NEW TABLE AS changed", "clients_note_untallied"),
        ("clients_standing", "UPDATE", "OLD TABLE AS before NEW TABLE AS changed", "clients_note_standing"),
        ("clients_standing", "DELETE", "OLD TABLE AS changed", "clients_note_untallied"),
        ("clients_ownership", "INSERT", "NEW TABLE AS changed", "clients_note_untallied"),
        ("clients_ownership", "UPDATE", "NEW TABLE AS changed", "clients_note_untallied"),
        ("clients_ownership", "DELETE", "OLD TABLE AS changed", "clients_note_untallied"),
        ("clients_client", "UPDATE", "OLD TABLE AS before NEW TABLE AS changed", "clients_note_client"),
    )
)
# OFFSET 0 keeps the few noted clients the outer side of a nested loop, whatever the planner believes their number to be.
VIEW = """
CREATE VIEW clients_tallynow AS
WITH noted AS MATERIALIZED (
    SELECT DISTINCT client_id FROM clients_untallied
)
SELECT id, owner_id, branch_id, abc, xyz, top, life_cycle, clients, turnover, turnover_before
FROM clients_tally
UNION ALL
SELECT 0, held.owner_id, held.branch_id, held.abc, held.xyz, held.top, held.life_cycle, -1, -held.turnover,
       -held.turnover_before
FROM noted
CROSS JOIN LATERAL (
    SELECT * FROM clients_tallied stored WHERE stored.client_id = noted.client_id OFFSET 0
) held
UNION ALL
SELECT 0, present.owner_id, present.branch_id, present.abc, present.xyz, present.top, present.life_cycle, 1,
       present.turnover, present.turnover_before
FROM noted
CROSS JOIN LATERAL (
    SELECT owned.owner_id, client.branch_id, standing.abc, standing.xyz, standing.top, standing.life_cycle,
           standing.turnover, standing.turnover_before
    FROM clients_client client
    JOIN clients_standing standing ON standing.client_id = client.id
    JOIN clients_ownership owned ON owned.client_id = client.id AND owned.ends_on IS NULL
    WHERE client.id = noted.client_id AND client.merged_into_id IS NULL
    OFFSET 0
) present;
INSERT INTO clients_untallied (client_id) SELECT client_id FROM clients_standing;
"""
AWAY = (
    "DROP VIEW clients_tallynow;"
    + "".join(
        f"DROP TRIGGER tally_{event} ON {table};"
        for table in ("clients_standing", "clients_ownership")
        for event in ("insert", "update", "delete")
    )
    + """
DROP TRIGGER tally_update ON clients_client;
DROP FUNCTION clients_note_untallied, clients_note_standing, clients_note_client;
"""
)


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_links")]

    operations = [
        migrations.RunSQL(NOTE + TRIGGERS + VIEW, AWAY),
    ]
