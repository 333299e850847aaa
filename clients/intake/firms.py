"""Clients with their legal entities and people: cells judged, clients found, empty fields filled, the rest inserted.

What the base has stays unless the person says that the file wins; a client is never given to another owner by a file.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from clients.contacts import points
from clients.intake import counterparties, people
from clients.intake.firm_fields import BY_NAME, FIELDS, LEAVE_OUT, POINTS
from clients.intake.kind import Choice, Kind, Outcome
from clients.intake.loading import count, execute, get_source, name_keys, refresh, run
from clients.models import DecisionRole, LegacyPotential, LegacyType, Segment
from salescrm.base import clock, names, sql
from salescrm.base.intake import staging
from salescrm.base.jobs import Refused
from salescrm.base.locks import Key, lock
from salescrm.base.models import Intake
from staff.models import Branch, Employee

KNOWN = "clients_client, clients_legalentity, clients_externalcode, clients_contact, clients_contactpoint"
TABLES = (
    "client_row, client_point_field, client_point, client_place, client_person, client_new_point, client_new_note,"
    " intake_inn, intake_known, intake_point_key, intake_name, intake_party, intake_resolved, intake_new, intake_head,"
    " intake_change"
)
NAMES = "SELECT name FROM client_row UNION SELECT legal_name FROM client_row UNION SELECT contact FROM client_row"
DECIDES = ("лпр", "принимает решения", "decision maker", "да", "yes")  # what people write beside the role's own names
LOOKALIKES = str.maketrans("АВСДЕ", "ABCDE")  # Cyrillic letters people type for Latin ones
DROP_EMPTY = "DELETE FROM intake_change WHERE after = '{}'"
DROP_NOTES = """
    DELETE FROM clients_communication
    WHERE id IN (SELECT row_id FROM clients_intakerow WHERE intake_id = %s AND kind = 'note')
"""
WHAT = {
    "joined": gettext_noop("the client {whose} was joined into another one after this import"),
    "parted": gettext_noop("a legal entity of {whose} was given to another client after this import"),
    "client": gettext_noop("the client {whose} was changed after this import"),
    "entity": gettext_noop("the legal entity {whose} was changed after this import"),
    "contact": gettext_noop("the contact {whose} was changed after this import"),
    "point": gettext_noop("a phone or address of {whose} was changed after this import"),
}


def _judge(columns: Any, choice: Choice, read: int, outcome: Outcome) -> int:
    """Type the staged rows, look up what they name, collect bad cells; return how many rows stay."""
    people.judge_tax_ids()
    sql.run("clients", "type_client_rows", {"leave_out": columns.options.get("leave_out_without", "")})
    execute("ANALYZE client_row")
    outcome.counts |= {"rows_read": read, "left_out": read - count("client_row")}
    name_keys(f"SELECT name FROM ({NAMES}) AS found WHERE name IS NOT NULL")  # noqa: S608 - a literal of this module
    outcome.counts |= _look_up()
    _key_points()
    run({}, "report_bad_client_cells", "report_contradictions")
    if count("intake_bad"):
        sql.run("clients", "drop_bad_client_rows")
    return count("client_row")


def _look_up() -> dict[str, int]:
    """Fill intake_known: (field, text) → what it names in the base, empty for nothing; count what may be unknown.

    The column of old types of Bitrix24 may hold anything: what is none of the old types is left out (R42).
    """
    known: Mapping[str, Callable[[], Callable[[str], Any]]] = {
        "segment": _segments,
        "legacy_type": _old_types,
        "legacy_potential": _potentials,
        "branch": _branches,
        "owner": _owners,
        "role": _roles,
    }
    rows: list[tuple[str, str, Any]] = []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE intake_known (field text, text text, value text) ON COMMIT DROP")
        for name, reader in known.items():
            cursor.execute(f"SELECT DISTINCT {name} FROM client_row WHERE {name} IS NOT NULL")  # noqa: S608 - see above
            texts = [text for (text,) in cursor.fetchall()]
            find = reader() if texts else None
            rows += [(name, text, find(text) or "") for text in texts if find]
    staging.copy("intake_known", ["field", "text", "value"], rows)
    execute("ANALYZE intake_known")
    unknown = [name for name, _text, value in rows if not value]
    return {"owners_unknown": unknown.count("owner"), "old_types_unknown": unknown.count("legacy_type")}


def _by_names(rows: Iterable[tuple[Any, Iterable[str]]]) -> Callable[[str], Any]:
    """Return a function finding a row by any of its names in any spelling; the first of two with one name wins."""
    found: dict[str, Any] = {}
    for value, called in rows:
        for name in called:
            found.setdefault(names.key(name), value)
    found.pop("", None)
    return lambda text: found.get(names.key(text))


def _segments() -> Callable[[str], Any]:
    offered = Segment.objects.filter(is_active=True).order_by("pk")
    return _by_names((one.pk, (one.code, one.name, one.name_en)) for one in offered)


def _old_types() -> Callable[[str], Any]:
    return _by_names((one.pk, (one.code, one.name)) for one in LegacyType.objects.order_by("number"))


def _potentials() -> Callable[[str], Any]:
    """Find an old potential by its letter, Latin or the Cyrillic one of the same look (R71)."""

    def find(text: str) -> str:
        letter = text.strip().upper().translate(LOOKALIKES)
        return letter if letter in LegacyPotential.values else ""

    return find


def _branches() -> Callable[[str], Any]:
    return _by_names((one.pk, (one.code, one.name)) for one in Branch.objects.order_by("pk"))


def _roles() -> Callable[[str], Any]:
    """Find a part in the decision by its code or its name in either language."""
    called: dict[str, list[str]] = {role: [role] for role in DecisionRole.values}
    for language in ("ru", "en"):
        with translation.override(language):
            for role in DecisionRole:
                called[role].append(str(role.label))
    called[DecisionRole.DECIDES].extend(DECIDES)
    return _by_names(called.items())


def _owners() -> Callable[[str], Any]:
    """Find an employee who may own clients by log-in, or by first and last name in either order."""
    may_own = set(Employee.people.owners().values_list("pk", flat=True))
    by_login = {one.username.lower(): one.pk for one in Employee.objects.all()}
    by_name = {words: person.pk for words, person in people.known_people().items()}

    def find(text: str) -> int | None:
        found = by_login.get(text.lower()) or by_name.get(people.words_of(text))
        return found if found in may_own else None

    return find


def _key_points() -> None:
    """Fill client_point, and intake_point_key with the one form of each distinct value or the reason it has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE client_point_field (field text, kind text, of_company boolean) ON COMMIT DROP;"
            "CREATE TEMP TABLE intake_point_key (kind text, text text, key text, reason text) ON COMMIT DROP"
        )
    rows = [(name, str(kind), of_company) for name, (kind, of_company) in POINTS.items()]
    staging.copy("client_point_field", ["field", "kind", "of_company"], rows)
    sql.run("clients", "split_client_points")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT kind, value FROM client_point")
        found = cursor.fetchall()
    with translation.override("en"):  # reasons are kept in the source language
        keyed = [(kind, text, *_keyed(kind, text)) for kind, text in found]
    staging.copy("intake_point_key", ["kind", "text", "key", "reason"], keyed)
    execute("ANALYZE client_point; ANALYZE intake_point_key")


def _keyed(kind: str, text: str) -> tuple[str, str]:
    """Return (key, reason): one of both is empty."""
    if len(text) > 255:
        return "", gettext_noop("longer than 255 characters")
    try:
        return points.key(kind, text)[:255], ""
    except ValidationError as fault:
        return "", str(fault.message)


def _match(columns: Any, choice: Choice, intake: int | None, outcome: Outcome) -> None:
    """Find the clients and people of the file in the base, number the new ones, gather what is to be changed."""
    lock(Key.INTAKE_MERGE)
    refresh(outcome.counts["rows_read"], KNOWN)
    options, made = columns.options, list[int]()
    mark = {
        "source": get_source(options, intake).pk,
        "match_names": bool(options.get("match_names")),
        "file_wins": choice.file_wins,
        "branch": people.branch_of(choice).pk,
        "owner": choice.owner,
        "today": choice.today or clock.today(),
    }
    people.name_heads(made)
    run(mark, "gather_client_parties")
    execute("ANALYZE intake_party")
    run(mark, "resolve_client_parties")
    execute("ANALYZE intake_resolved")
    if sql.run("clients", "report_unfit_clients", mark):
        run(mark, "drop_bad_client_rows", "drop_bad_client_parties")
    run(mark, "number_new_clients", "place_client_rows")
    execute("ANALYZE intake_new; ANALYZE client_place")
    run(mark, "gather_client_people")
    execute("ANALYZE client_person")
    run(mark, "gather_client_points", "gather_client_notes", "gather_client_changes")
    execute("ANALYZE intake_change")
    outcome.counts |= {"source": mark["source"], "created_employees": made}


def _write(intake: int | None, choice: Choice, outcome: Outcome) -> None:
    """The merge: what the base lacks is inserted, what is to be changed is changed, the rest is not touched.

    What a person wrote after the file was compared with the base stays: rows are locked and compared once more. What
    the file says otherwise than the base by then is noted for the next reconciliation.
    """
    sql.row("clients", "lock_client_changes")
    if sql.run("clients", "drop_overtaken_changes"):
        execute(DROP_EMPTY)
    outcome.counts |= sql.row("clients", "count_client_rows")
    counts, today = outcome.counts, choice.today or clock.today()
    made: list[int] = counts["created_employees"]
    mark = {
        "intake": intake,
        "author": choice.author,
        "source": counts.pop("source"),
        "today": today,
        "since": today,
        "now": timezone.now(),
        "teller": people.teller_of(choice, made) if counts["notes_created"] else None,
    }
    counts["employees_created"] = len(made)
    run(mark, "insert_clients", "insert_new_owners", "insert_new_standings", "insert_client_entities")
    run(mark, "insert_new_codes", "insert_client_people", "insert_client_points", "insert_client_notes")
    run(mark, "change_client_fields", "change_entity_fields", "change_contact_fields", "write_source_differences")
    if intake is not None:
        run(mark, "keep_intake_rows")
    refresh(counts["rows_read"], f"{KNOWN}, clients_ownership, clients_standing")


def _before_undo(intake: Intake) -> None:
    """Refuse when anybody changed a row since, seen under locks; take away the import's comments; clear the way."""
    sql.row("clients", "lock_imported_rows", {"intake": intake.pk})
    for found in sql.rows("clients", "find_changed_since", {"intake": intake.pk}):
        what = _(WHAT[found["what"]]).format(whose=found["whose"])
        text = _("Something was built on this import: {what}.").format(what=what)
        raise Refused(text + " " + _("It stays as it is."))
    execute("DROP TABLE IF EXISTS intake_change")
    with pgtrigger.ignore("clients.Communication:said_stays"), connection.cursor() as cursor:
        cursor.execute(DROP_NOTES, [intake.pk])  # nobody said it to anybody: it came with the file and goes with it


def _lacking(places: Container[str]) -> list[Any]:
    """A client has a name, or a code or INN by which the base knows it."""
    known = any(name in places for name in ("client", "legal_name", "code", "inn"))
    return [] if known else [BY_NAME["client"].caption]


CLIENTS = Kind(
    name="clients",
    title=gettext_lazy("clients and contacts"),
    fields=FIELDS,
    options=(),
    leave_out=LEAVE_OUT,
    figures=(
        ("clients_created", gettext_lazy("Clients created")),
        ("changed", gettext_lazy("changed")),
        ("unchanged", gettext_lazy("unchanged")),
        ("contacts_created", gettext_lazy("Contacts created")),
        ("points_created", gettext_lazy("Phones and addresses added")),
        ("notes_created", gettext_lazy("Comments added")),
    ),
    tables=TABLES,
    open_exchange=counterparties.open_exchange,
    lacking=_lacking,
    check=lambda options: None,
    judge=_judge,
    match=_match,
    write=_write,
    undo=(
        *("gather_changes_back", "change_client_fields", "change_entity_fields", "change_contact_fields"),
        "drop_source_differences",
        *("drop_imported_points", "drop_imported_contacts", "drop_imported_codes"),
        *("drop_imported_standings", "drop_imported_owners", "drop_imported_entities", "drop_imported_clients"),
        *("drop_intake_rows", "drop_imported_sources"),
    ),
    before_undo=_before_undo,
)
