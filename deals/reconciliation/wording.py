"""What is wrong with a client, and what is to be done about it, in words (R6)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import CompletenessPart, DifferingField, PointKind
from deals.reconciliation.models import LineKind, ReconciliationLine
from salescrm.base import show

LONGEST = 200  # letters of a task's title


def what(line: ReconciliationLine) -> str:
    """Say what is wrong."""
    return WRONG[LineKind(line.kind)](line)


def task_title(line: ReconciliationLine) -> str:
    """Say what is to be done about it, no longer than a task's title may be."""
    return Truncator(TO_DO[LineKind(line.kind)](line)).chars(LONGEST)


def parts(line: ReconciliationLine) -> str:
    """Name what is not known."""
    return ", ".join(str(CompletenessPart(part).label) for part in line.about.get("parts", []))


def kinds(line: ReconciliationLine) -> str:
    """Name the kinds of points none of which is alive."""
    return ", ".join(str(PointKind(kind).label) for kind in sorted(line.about.get("dead", {}), reverse=True))


def fields(line: ReconciliationLine) -> str:
    """Name the fields that differ, each once."""
    named = dict.fromkeys(str(DifferingField(one).label) for one, *_rest in line.about.get("fields", []))
    return ", ".join(named)


def sources(line: ReconciliationLine) -> str:
    """Name the sources that have something else."""
    return ", ".join(dict.fromkeys(source for *_rest, source in line.about.get("fields", [])))


def _pair(line: ReconciliationLine) -> str:
    said = {"other": line.other.name if line.other else "", "likeness": line.about.get("likeness", 0)}
    return _("may be one with “%(other)s”, likeness %(likeness)s") % said


def _empty(line: ReconciliationLine) -> str:
    return _("not known: %(fields)s") % {"fields": parts(line)}


def _dead(line: ReconciliationLine) -> str:
    found = []
    for kind, number in sorted(line.about.get("dead", {}).items(), reverse=True):
        told = ngettext("%(kind)s: %(n)s dead, none that works", "%(kind)s: %(n)s dead, none that works", number)
        found.append(told % {"kind": PointKind(kind).label, "n": show.number(number)})
    return "; ".join(found)


def _differs(line: ReconciliationLine) -> str:
    told = _("%(field)s: “%(here)s”, in %(source)s “%(there)s”")
    return "; ".join(
        told % {"field": DifferingField(name).label, "here": here, "there": there, "source": source}
        for name, here, there, source in line.about.get("fields", [])
    )


def _compare(line: ReconciliationLine) -> str:
    return _("Compare with “%(other)s”: a likely duplicate") % {"other": line.other.name if line.other else ""}


def _fill_in(line: ReconciliationLine) -> str:
    return _("Fill in: %(fields)s") % {"fields": parts(line)}


def _find(line: ReconciliationLine) -> str:
    return _("Find one that works: %(kinds)s") % {"kinds": kinds(line)}


def _compare_fields(line: ReconciliationLine) -> str:
    return _("Compare with %(source)s: %(fields)s") % {"source": sources(line), "fields": fields(line)}


Words = dict[LineKind, Callable[[ReconciliationLine], str]]
WRONG: Words = {
    LineKind.DUPLICATE: _pair,
    LineKind.EMPTY: _empty,
    LineKind.DEAD: _dead,
    LineKind.DIFFERS: _differs,
}
TO_DO: Words = {
    LineKind.DUPLICATE: _compare,
    LineKind.EMPTY: _fill_in,
    LineKind.DEAD: _find,
    LineKind.DIFFERS: _compare_fields,
}
