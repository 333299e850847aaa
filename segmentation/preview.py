"""What rules would do before they are saved: the night's own steps with an unsaved rule set, rolled back at the end."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet

from clients.models import Client, Ownership
from salescrm.base import sql
from salescrm.base.models import StepRun, StepState
from segmentation.limits import Found, search
from segmentation.models import CaseState, Measure, RuleSet, TopMembership, ZeroCase
from segmentation.steps import APP, Night, classes, hand_over, journal, last_done, life_cycle, returns, top, turnover
from staff.models import Employee

FEW_X = Decimal("0.05")  # under this share of X the editor offers quarters as the unit of time


@dataclass(frozen=True)
class Line:
    """A client the rules would touch."""

    client_id: int
    name: str
    cell: str
    turnover: Decimal
    reason: str
    owner_id: int | None


@dataclass
class Preview:
    """The night `as_of` as it would be; shares are fractions."""

    as_of: date
    clients: int = 0
    base: int = 0
    share_of_base: float = 0
    share_of_turnover: float = 0
    entered: list[Line] = field(default_factory=list)
    left: list[Line] = field(default_factory=list)
    handed_over: list[Line] = field(default_factory=list)
    to_approve: list[Line] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    guards: list[str] = field(default_factory=list)
    load: list[tuple[int, str, int, int]] = field(default_factory=list)
    by_class: dict[str, Any] = field(default_factory=dict)
    few_x: bool = False


def preview(rule_set: RuleSet, as_of: date) -> Preview:
    """Run the first night these rules could decide (after `as_of`) and roll it back; it is a review of TOP."""
    with on_trial(rule_set, as_of) as night:
        for step in (turnover, classes, top, life_cycle, returns):  # what comes back frees places
            step.run(night)
        done = hand_over.run(night)
        return _read(night, done.detail["guards"])


@contextmanager
def on_trial(rule_set: RuleSet, as_of: date) -> Iterator[Night]:
    """Give a night with the unsaved rules inside a transaction that is always rolled back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")  # a trial never makes a night wait for long
        newest = (
            StepRun.objects.exclude(state=StepState.FAILED).order_by("-as_of").values_list("as_of", flat=True).first()
        )
        day = as_of if newest is None else max(as_of, newest) + timedelta(days=1)
        yield Night(day, transient(rule_set, day), last_done(before=day))
        transaction.set_rollback(True)


def transient(rule_set: RuleSet, day: date) -> RuleSet:
    """Insert a copy of the rules, in force from a day no other version begins on; the caller rolls it back."""
    draft = copy.copy(rule_set)
    draft.pk, draft._state = None, copy.copy(rule_set._state)
    draft._state.adding = True
    taken = set(RuleSet.objects.values_list("effective_from", flat=True))
    while day in taken:
        day += timedelta(days=1)
    draft.effective_from = day
    draft.save()
    return draft


def _read(night: Night, guards: list[str]) -> Preview:
    cells = sql.rows(APP, "count_cells")
    members = sql.row(APP, "count_top")
    found = Preview(
        night.as_of, base=sum(row["clients"] for row in cells), guards=guards, by_class=journal.matrix(cells)
    )
    shares = journal.shares(members["clients"], members["turnover"], cells)
    found.clients, found.share_of_base = shares["clients"], shares["share_of_base"]
    found.share_of_turnover = shares["share_of_turnover"]
    entered = TopMembership.objects.filter(entered_on=night.as_of)
    left = TopMembership.objects.filter(left_on=night.as_of)
    found.entered = _lines({row.client_id: row.get_entered_reason_display() for row in entered})
    found.left = _lines({row.client_id: row.get_left_reason_display() for row in left})
    by_night = ZeroCase.objects.in_recovery().filter(handed_on=night.tomorrow, night=night.as_of)
    found.handed_over, found.to_approve = _cases(by_night), _cases(ZeroCase.objects.to_decide())
    found.waiting = _cases(ZeroCase.objects.filter(state=CaseState.WAITING))
    found.load = _load()
    letters = found.by_class["xyz"]
    found.few_x = night.rule_set.measure == Measure.SHARE and letters["X"] < FEW_X * sum(letters.values())
    return found


def _cases(cases: QuerySet[ZeroCase]) -> list[Line]:
    """Return the clients of the cases, each with its rule."""
    return _lines({case.client_id: case.get_rule_display() for case in cases})


def _lines(reasons: dict[int, str]) -> list[Line]:
    owners = dict(
        Ownership.objects.filter(client__in=reasons, ends_on__isnull=True).values_list("client_id", "owner_id")
    )
    rows = Client.objects.filter(pk__in=reasons).select_related("standing").order_by("-standing__turnover", "pk")
    return [
        Line(
            row.pk,
            row.name,
            row.standing.abc + row.standing.xyz,
            row.standing.turnover,
            reasons[row.pk],
            owners.get(row.pk),
        )
        for row in rows
    ]


def _load() -> list[tuple[int, str, int, int]]:
    """Return (employee, name, clients, TOP clients) of everybody who owns clients; archived ones are no load."""
    counted = (
        Ownership.objects.filter(ends_on__isnull=True, client__merged_into__isnull=True)
        .exclude(client__standing__life_cycle="archived")
        .values("owner_id")
        .annotate(clients=Count("pk"), top=Count("pk", filter=Q(client__standing__top=True)))
    )
    people = Employee.objects.in_bulk([row["owner_id"] for row in counted])
    return [(row["owner_id"], people[row["owner_id"]].short_name, row["clients"], row["top"]) for row in counted]


def search_limits(
    rule_set: RuleSet, as_of: date, *, clients: int | None = None, coverage: Decimal | None = None
) -> list[Found]:
    """Return cells, limits and caps under which TOP comes nearest to a size or a share of turnover, nearest first."""
    with on_trial(rule_set, as_of) as night:
        turnover.run(night)
        classes.classify(night)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT abc, xyz, turnover, months_bought, months_counted FROM night_class "
                "WHERE abc <> '' ORDER BY turnover DESC, client_id"
            )
            rows = cursor.fetchall()
            cursor.execute("SELECT count(*) FROM night_class")
            (base,) = cursor.fetchone()
        return search(rule_set, rows, base, clients=clients, coverage=coverage)
