"""A file into the base: stage it, judge every cell, merge by a fixed number of statements, or change nothing.

Everything between opening the file and the last statement is one transaction, so a process killed anywhere leaves the
base as it was. The merge itself runs under one lock: two imports never create the same client twice.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients import tally, words
from clients.intake.kind import Choice, Kind, Outcome
from clients.models import Shipment, Source
from salescrm.base import constraints, names, sql
from salescrm.base.intake import columns as mappings
from salescrm.base.intake import staging
from salescrm.base.jobs import Refused

if TYPE_CHECKING:
    from clients.intake.opening import Opened

MANY = 10_000  # lines
MOST_REPORTED = 100_000
READING = gettext_noop("Reading rows")
JUDGING = gettext_noop("Checking cells")
MATCHING = gettext_noop("Finding what the base has")
WRITING = gettext_noop("Writing rows")

Tell = Callable[[int, int | None, str], None]


class _Undone(Exception):
    """Ends the transaction of a dry run or of a refusal with its outcome."""


def load(
    opened: Opened, choice: Choice, *, intake: int | None, tell: Tell = lambda done, total, stage: None
) -> Outcome:
    """Bring the file's rows into the base; return what was done. Raise Refused when the file cannot be taken.

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
    except IntegrityError as fault:  # somebody wrote the same while the file was being read
        reason = constraints.told(fault)
        if not reason:
            raise
        raise Refused(reason + " " + _("Nothing was loaded.")) from fault
    outcome.counts["seconds"] = round(monotonic() - begun, 2)
    return outcome


def _load(opened: Opened, choice: Choice, intake: int | None, tell: Tell, outcome: Outcome) -> None:
    kind, columns, table = opened.kind, opened.columns, opened.table
    places = mappings.places(columns, table.header, opened.absent)
    kind.refuse_incomplete(places)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP VIEW IF EXISTS order_keyed_line; DROP TABLE IF EXISTS {kind.tables}")
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
    tell(0, table.known, READING)
    staged = staging.stage(
        table.rows(), places, kind.fields, len(table.header), lambda done: tell(done, table.known, "")
    )
    read = staged.rows
    if not read:
        raise Refused(_("The file has a heading and no rows."))
    tell(read, read, JUDGING)
    staging.read_values(staged, columns.habits)
    kept = kind.judge(columns, choice, read, outcome)
    if kept:
        tell(read, read, MATCHING)
        kind.match(columns, choice, intake, outcome)
    _report(kind, choice, outcome)
    if kept and not outcome.refused:
        tell(read, read, WRITING)
        kind.write(intake, choice, outcome)
        tally.work_off()
        words.work_off()


def _report(kind: Kind, choice: Choice, outcome: Outcome) -> None:
    """Read the bad cells back; without skip_bad they refuse the file."""
    outcome.errors = count("intake_bad")
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
        said: dict[str, Any] = {"column": kind.caption(name), "value": value[:60], "reason": _(reason)}
        outcome.refused = text.format(count=outcome.errors, row=row, **said)


def get_source(options: Any, intake: int | None) -> Source:
    """Return the mapping's source, made where missing; raise Refused when VAT would be mixed in one base.

    A source that has no documents, one clients came from, has no habit of its own yet.
    """
    given = options.get("source") or {"code": "files", "name": _("Files")}
    vat = options.get("vat_included")
    used = Source.objects.filter(Exists(Shipment.objects.filter(source=OuterRef("pk"))))
    other = used.exclude(vat_included=vat).first() if vat is not None else None
    if other:
        habit = _("with VAT") if other.vat_included else _("without VAT")
        text = _(
            "Amounts of this base are {habit} (source “{source}”); the mapping says otherwise. They are never mixed."
        )
        raise Refused(text.format(habit=habit, source=other.name))
    first = used.first() or Source.objects.first()
    with_vat = bool(vat) if vat is not None else first.vat_included if first else True
    source, made = Source.objects.get_or_create(
        code=str(given["code"])[:40],
        defaults={"name": str(given.get("name") or given["code"])[:100], "vat_included": with_vat, "intake_id": intake},
    )
    if not made and vat is not None and source.vat_included != with_vat:
        Source.objects.filter(pk=source.pk).update(vat_included=with_vat)
    return source


def name_keys(query: str) -> None:
    """Fill intake_name: the normalised name and the sort key of each distinct name, once."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = [(name, names.key(name), names.sort_key(name)) for (name,) in cursor.fetchall()]
        cursor.execute(
            "CREATE TEMP TABLE intake_name (name text NOT NULL, key text NOT NULL, sort text NOT NULL) ON COMMIT DROP"
        )
    staging.copy("intake_name", ["name", "key", "sort"], rows, filled=["name", "key", "sort"])
    execute("ANALYZE intake_name")


def run(parameters: dict[str, Any], *statements: str) -> None:
    """Run statements of `clients/sql` one after another."""
    for statement in statements:
        sql.run("clients", statement, parameters)


def refresh(lines: int, tables: str) -> None:
    """Renew statistics in a large import: autovacuum is a minute late, and a plan for empty tables took 20 minutes."""
    if lines >= MANY:
        execute(f"ANALYZE {tables}")


def count(table: str) -> int:
    """Count the rows of a table of this import."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - the names are literals of this package
        return int(cursor.fetchone()[0])


def execute(statement: str) -> None:
    """Execute a statement without parameters."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
