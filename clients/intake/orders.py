"""Orders into the base: stage the file, judge every cell, merge by a fixed number of statements, or change nothing.

Everything between opening the file and the last statement is one transaction, so a process killed anywhere leaves the
base as it was. The merge itself runs under one lock: two imports never create the same client twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import DataError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients import tally
from clients.intake import fields, people
from clients.intake.opening import Opened
from clients.models import Source
from salescrm.base import names, sql
from salescrm.base.intake import columns as mappings
from salescrm.base.intake import staging
from salescrm.base.jobs import Refused
from salescrm.base.locks import Key, lock

MANY = 10_000  # lines
KNOWN = "clients_client, clients_legalentity, clients_externalcode, clients_shipment, clients_product"
MOST_REPORTED = 100_000
READING = gettext_noop("Reading rows")
JUDGING = gettext_noop("Checking cells")
MATCHING = gettext_noop("Finding clients and documents")
WRITING = gettext_noop("Writing documents and lines")
TABLES = (
    "order_line, order_inn, order_party, order_name, order_salesperson, order_branch, order_head, order_resolved,"
    " order_new, order_document, order_product"
)


@dataclass(frozen=True)
class Choice:
    """What the person chose for this import; `same_day` is what to do with unnumbered documents the base has."""

    dry_run: bool = False
    skip_bad: bool = False
    same_day: str = ""  # "", replace, add
    branch: int | None = None
    owner: int | None = None
    author: int | None = None


@dataclass
class Outcome:
    """What an import did or would do; `bad` are (row, field, value, reason in source language)."""

    counts: dict[str, Any] = field(default_factory=dict)
    bad: list[tuple[int, str, str, str]] = field(default_factory=list)
    errors: int = 0
    refused: str = ""


Tell = Callable[[int, int | None, str], None]


class _Undone(Exception):
    """Ends the transaction of a dry run or of a refusal with its outcome."""


def load(
    opened: Opened, choice: Choice, *, intake: int | None, tell: Tell = lambda done, total, stage: None
) -> Outcome:
    """Bring the file's documents into the base; return what was done. Raise Refused when the file cannot be taken.

    With bad cells and no `skip_bad` the outcome is refused and nothing is changed; a dry run changes nothing either.
    """
    begun, outcome = monotonic(), Outcome()
    try:
        with transaction.atomic():
            _load(opened, choice, intake, tell, outcome)
            if choice.dry_run or outcome.refused:
                raise _Undone
    except _Undone:
        pass
    except DataError as fault:
        raise Refused(_("A sum or a value of the file is larger than the base can hold.")) from fault
    outcome.counts["seconds"] = round(monotonic() - begun, 2)
    return outcome


def _load(opened: Opened, choice: Choice, intake: int | None, tell: Tell, outcome: Outcome) -> None:
    columns, table = opened.columns, opened.table
    places = mappings.places(columns, table.header, opened.absent)
    fields.refuse_incomplete(places)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP VIEW IF EXISTS order_keyed_line; DROP TABLE IF EXISTS {TABLES}")
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
    tell(0, table.known, READING)
    staged = staging.stage(
        table.rows(), places, fields.FIELDS, len(table.header), lambda done: tell(done, table.known, "")
    )
    read = staged.rows
    if not read:
        raise Refused(_("The file has a heading and no rows."))
    tell(read, read, JUDGING)
    staging.read_values(staged, columns.habits)
    kept = _judge(columns, choice, read, outcome)
    if kept:
        tell(read, read, MATCHING)
        _match(columns, choice, intake, outcome)
    _report(choice, outcome)
    if kept and not outcome.refused:
        outcome.counts |= _whole_numbers(sql.row("clients", "count_order_documents"))
        tell(read, read, WRITING)
        _write(intake, choice, outcome.counts)
        _refresh(kept if outcome.counts["new"] else 0, "clients_ownership, clients_standing")
        tally.work_off()


def _whole_numbers(counts: dict[str, Any]) -> dict[str, Any]:
    """Return counts fit for JSON: money as text, days in ISO."""
    return {key: value if isinstance(value, int | None) else str(value) for key, value in counts.items()}


def _judge(columns: Any, choice: Choice, read: int, outcome: Outcome) -> int:
    """Type the staged rows and collect their bad cells; return how many rows stay."""
    people.judge_tax_ids()
    options = columns.options
    sql.run(
        "clients",
        "type_order_lines",
        {
            "numbering": options.get("numbering", "year"),
            "leave_out": options.get("leave_out_without", ""),
            "whole": bool(options.get("whole_codes")),
            "currency": str(options.get("currency", "")).upper(),
            "rate": _rate(options.get("rate")),
            "base": settings.CURRENCY,
        },
    )
    sql.run("clients", "report_bad_order_cells")
    outcome.counts |= {"rows_read": read, "left_out": read - _count("order_line")}
    if _count("intake_bad"):
        sql.run("clients", "drop_bad_order_lines")
    _execute("ANALYZE order_line")
    return _count("order_line")


def _rate(given: Any) -> Decimal | None:
    try:
        return None if given in (None, "") else Decimal(str(given))
    except ArithmeticError as fault:
        raise Refused(_("The mapping's rate of exchange is not a number.")) from fault


def _match(columns: Any, choice: Choice, intake: int | None, outcome: Outcome) -> None:
    """Find the clients and documents of the file in the base, number the new ones."""
    lock(Key.INTAKE_MERGE)
    _refresh(outcome.counts["rows_read"], KNOWN)
    source = get_source(columns.options, intake)
    outcome.counts["source"] = source.pk
    sql.run("clients", "gather_order_parties")
    _name_keys()
    created = people.name_salespeople(choice)
    outcome.counts["employees_created"] = len(created)
    outcome.counts["created_employees"] = created
    _execute("ANALYZE order_party")
    match_names = bool(columns.options.get("match_names"))
    sql.run("clients", "resolve_order_parties", {"source": source.pk, "match_names": match_names})
    sql.run("clients", "number_new_order_clients", {"branch": people.branch_of(choice).pk, "owner": choice.owner})
    _execute("ANALYZE order_resolved; ANALYZE order_new")
    sql.run("clients", "key_order_lines")
    sql.run("clients", "gather_order_documents", {"source": source.pk})
    if sql.run("clients", "report_torn_documents"):
        sql.run("clients", "drop_bad_order_lines")
        _execute("DROP TABLE order_document")
        sql.run("clients", "gather_order_documents", {"source": source.pk})
    _execute("ANALYZE order_document")
    _same_day(choice)


def _same_day(choice: Choice) -> None:
    """Refuse unnumbered documents the base has with other content, unless the person says what to do with them."""
    found = sql.rows("clients", "find_same_day_conflict")
    if not found or choice.same_day == "replace":
        return
    if choice.same_day == "add":
        sql.run("clients", "add_to_same_day")
        return
    text = _(
        "The base has other amounts of {name} on {day} (row {first_row}; {count} such documents without a number): say"
        " whether to replace them or to add to them."
    )
    raise Refused(text.format(**found[0]))


def _name_keys() -> None:
    """Compute the normalised name and the sort key of each distinct name once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT name FROM order_party")
        rows = [(name, names.key(name), names.sort_key(name)) for (name,) in cursor.fetchall()]
        cursor.execute(
            "CREATE TEMP TABLE order_name (name text NOT NULL, key text NOT NULL, sort text NOT NULL) ON COMMIT DROP"
        )
    staging.copy("order_name", ["name", "key", "sort"], rows, filled=["name", "key", "sort"])
    _execute("ANALYZE order_name")


def get_source(options: Any, intake: int | None) -> Source:
    """Return the mapping's source, made where missing; raise Refused when VAT would be mixed in one base."""
    given = options.get("source") or {"code": "files", "name": _("Files")}
    vat = options.get("vat_included")
    other = Source.objects.exclude(vat_included=vat).first() if vat is not None else None
    if other:
        habit = _("with VAT") if other.vat_included else _("without VAT")
        text = _(
            "Amounts of this base are {habit} (source “{source}”); the mapping says otherwise. They are never mixed."
        )
        raise Refused(text.format(habit=habit, source=other.name))
    first = Source.objects.first()
    with_vat = bool(vat) if vat is not None else first.vat_included if first else True
    return Source.objects.get_or_create(
        code=str(given["code"])[:40],
        defaults={"name": str(given.get("name") or given["code"])[:100], "vat_included": with_vat, "intake_id": intake},
    )[0]


def _report(choice: Choice, outcome: Outcome) -> None:
    """Read the bad cells back; without skip_bad they refuse the file."""
    outcome.errors = _count("intake_bad")
    if not outcome.errors:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row, field, coalesce(value, ''), reason FROM intake_bad ORDER BY row, field LIMIT %s",
            [MOST_REPORTED],
        )
        outcome.bad = list(cursor.fetchall())
        cursor.execute("SELECT count(DISTINCT row) FROM intake_bad")
        outcome.counts["bad_rows"] = cursor.fetchone()[0]
    if not choice.skip_bad:
        row, name, value, reason = outcome.bad[0]
        text = _("{count} bad cells; the first: row {row}, {column}: “{value}” – {reason}. Nothing was loaded.")
        caption = fields.BY_NAME[name].caption if name in fields.BY_NAME else name
        outcome.refused = text.format(count=outcome.errors, row=row, column=caption, value=value[:60], reason=_(reason))


def _write(intake: int | None, choice: Choice, counts: dict[str, Any]) -> None:
    """The merge: what the base lacks is inserted, what differs is changed, the rest is not touched."""
    mark = {"intake": intake, "author": choice.author, "source": counts.pop("source")}
    sql.run("clients", "gather_order_products")
    _execute("ANALYZE order_product")
    _run(mark, "insert_order_clients", "insert_order_owners", "insert_order_standings", "insert_order_entities")
    _run(mark, "insert_order_codes", "insert_order_categories", "insert_order_products")
    _refresh(counts["lines"], "clients_category, clients_product")
    if intake is not None and counts["changed"]:
        _run(mark, "keep_documents_before")
    _run(mark, "touch_order_months", "insert_order_documents", "insert_order_lines")
    _refresh(counts["lines"] if counts["new"] else 0, "clients_shipment, clients_shipmentline, clients_touchedmonth")
    if counts["changed"]:
        _run(mark, "update_order_documents", "replace_order_lines", "delete_order_lines")


def _run(parameters: dict[str, Any], *statements: str) -> None:
    for statement in statements:
        sql.run("clients", statement, parameters)


def _refresh(lines: int, tables: str) -> None:
    """Renew statistics in a large import: autovacuum is a minute late, and a plan for empty tables took 20 minutes."""
    if lines >= MANY:
        _execute(f"ANALYZE {tables}")


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - the names are literals of this module
        return int(cursor.fetchone()[0])


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
