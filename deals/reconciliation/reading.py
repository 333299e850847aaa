"""The lines of a reconciliation: which a list reads, how many, and as it shows them in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from clients.models import Client, Ownership
from clients.rows import open_intervals
from deals.reconciliation import wording
from deals.reconciliation.models import LineKind, LineQuerySet, Reconciliation, ReconciliationLine
from salescrm.base.lists.state import ListState
from staff.access import Act, may
from staff.models import Employee

RUN = "run"  # the parameter of the address that names a reconciliation; the newest one without it


def chosen(state: ListState) -> Reconciliation | None:
    """Return the reconciliation the address names, else the newest; None when there is none yet."""
    asked = state.others.get(RUN, "")
    number = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    named = Reconciliation.objects.filter(pk=number).first() if number else None
    return named or Reconciliation.objects.order_by("-day").first()


def listed(state: ListState) -> LineQuerySet:
    """The lines of the chosen reconciliation that the person sees, narrowed by nothing yet."""
    lines, run = ReconciliationLine.objects.visible_to(state.here.person, state.here.today), chosen(state)
    return lines.filter(reconciliation=run) if run else lines.none()


def count(state: ListState) -> int:
    """How many lines the state keeps."""
    return state.narrow(listed(state), whole=True).count()


def of_selection(state: ListState) -> dict[str, int]:
    """Count everything the state keeps, by kind, too."""
    kinds = {kind.value: Count("pk", filter=Q(kind=kind)) for kind in LineKind}
    return state.narrow(listed(state), whole=True).order_by().aggregate(lines=Count("pk"), **kinds)


@dataclass(frozen=True)
class LineRow:
    """One line; of the other client of a pair the name is told to whoever sees the line."""

    line: ReconciliationLine
    interval: Ownership | None
    may_compare: bool = False

    @property
    def client(self) -> Client:
        """Whom it is about."""
        return self.line.client

    @property
    def owner(self) -> Employee | None:
        """Who answers for the client now."""
        return self.interval.owner if self.interval else None

    @property
    def what(self) -> str:
        """What is wrong, in words."""
        return wording.what(self.line)


def hydrate(ids: Sequence[int], person: Employee, today: date) -> list[LineRow]:
    """Read the lines of these numbers, in this order: three queries whatever their number."""
    beside = ("client__branch", "other", "task__assignee")
    found = ReconciliationLine.objects.select_related(*beside).in_bulk(list(ids))
    intervals = open_intervals({line.client_id for line in found.values()})
    clients = {pk for line in found.values() for pk in (line.client_id, line.other_id) if pk}
    seen = set(Client.objects.visible_to(person, today).filter(pk__in=clients).values_list("pk", flat=True))
    decides = may(person, Act.CHANGE_OWNER)
    rows = (found[pk] for pk in ids if pk in found)
    return [LineRow(line, intervals.get(line.client_id), decides and line.other_id in seen) for line in rows]
