"""What the new owner of a client gets with it (R118): the past, what was tried and agreed, what is open, and why.

A hand-over is an interval of the line of owners that is not the first one: of the night or of a person. What was done
since it (R126) is counted from its first day on, for one client or for the cards of a lane.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from clients.contacts import cards, seeing
from clients.models import Client, Communication, CommunicationKind, Ownership, OwnershipReason, Shipment, Way
from clients.rows import ClientRow
from clients.rows import hydrate as client_rows
from deals.dealing.models import Deal
from deals.models import Task
from deals.rows import TaskRow
from deals.rows import hydrate as task_rows
from salescrm.base import show
from salescrm.base.periods import month_start
from segmentation import goods
from segmentation.models import CaseRule, CaseState, LossAnswer, StatusChange, ZeroCase
from segmentation.priorities import preparation
from segmentation.why import not_confirmed
from staff.models import Employee

PEOPLE, SAID, AGREED, TASKS, DEALS, ORDERS, OWNERS, CHANGES, ANSWERS = 20, 10, 5, 20, 10, 10, 10, 10, 5
KEPT = [CaseState.HANDED_OVER, CaseState.RETURNED, CaseState.HAD_BOUGHT, CaseState.CLOSED, CaseState.JOINED]
BACK = [OwnershipReason.RETURN, OwnershipReason.CORRECTION, OwnershipReason.UNDO]
KINDS = ("said", "tasks", "deals", "orders")


@dataclass(frozen=True)
class Mark:
    """How often something was done since a hand-over, and when last."""

    count: int = 0
    last: date | None = None


@dataclass(frozen=True)
class Since:
    """What was done since a hand-over: calls and letters, tasks finished, deals moved, orders."""

    said: Mark = Mark()
    tasks: Mark = Mark()
    deals: Mark = Mark()
    orders: Mark = Mark()

    @property
    def is_nothing(self) -> bool:
        """Say whether nothing was done at all."""
        return not (self.said.count or self.tasks.count or self.deals.count or self.orders.count)


@dataclass
class Package:
    """Everything the page says."""

    row: ClientRow
    interval: Ownership
    giver: Ownership
    case: ZeroCase | None
    silent_since: date | None
    reasons: list[str]
    attempts: Sequence[Communication]
    is_untried: bool
    answers: Sequence[LossAnswer]
    said: Sequence[Communication]
    agreed: Sequence[Communication]
    people: list[cards.Person]
    sees_contacts: bool
    is_masked: bool
    deals: Sequence[Deal]
    tasks: list[TaskRow]
    orders: Sequence[Shipment]
    sold: list[goods.Sold]
    owners: Sequence[Ownership]
    changes: Sequence[StatusChange]
    since: Since


def find(client: Client, day: date) -> tuple[Ownership, Ownership] | None:
    """Find the hand-over of a client that begins on a day, and the interval before it; None when there is none."""
    line = Ownership.objects.filter(client=client).select_related("owner", "author")
    interval = line.filter(starts_on=day).first()
    giver = line.filter(ends_on=day).first()
    return (interval, giver) if interval and giver else None


def read(person: Employee, client: Client, interval: Ownership, giver: Ownership, today: date) -> Package:
    """Read the package for a person who sees the client; whose phones are shown is counted (R21)."""
    case = case_of(client, interval)
    (row,) = client_rows([client.pk], today)
    silent_since = case.silent_since if case else bought_before(client, interval.starts_on)
    may_work, sees = seeing.changes(person, client, today), seeing.sees_contacts(person)
    said = Communication.objects.filter(client=client, day__lte=today).valid()
    before = said.filter(day__lt=interval.starts_on).select_related("contact", "result", "author")
    newest = before.order_by("-day", "-pk")
    tried = attempts(giver, interval, silent_since)
    return Package(
        row=row,
        interval=interval,
        giver=giver,
        case=case,
        silent_since=silent_since,
        reasons=reasons(interval, case, silent_since),
        attempts=list(tried.select_related("contact", "result", "author").order_by("-day", "-pk")[:SAID]),
        is_untried=interval.reason not in BACK and not tried.exists(),
        answers=list(
            LossAnswer.objects.filter(client=client).select_related("reason", "author").order_by("-pk")[:ANSWERS]
        ),
        said=list(newest[:SAID]),
        agreed=list(newest.exclude(agreements="")[:AGREED]),
        people=preparation.whom_to_call(person, client, today, is_masked=not may_work, most=PEOPLE) if sees else [],
        sees_contacts=sees,
        is_masked=not may_work,
        deals=list(
            Deal.objects.open()
            .filter(client=client)
            .select_related("stage", "pipeline", "owner")
            .order_by("pk")[:DEALS]
        ),
        tasks=task_rows(_open_tasks(person, client, today), person, today),
        orders=list(Shipment.objects.of_client(client).filter(day__lte=today).order_by("-day", "-pk")[:ORDERS]),
        sold=goods.by_direction(client, month_start(today)),
        owners=list(
            Ownership.objects.filter(client=client).select_related("owner", "author").order_by("-starts_on")[:OWNERS]
        ),
        changes=list(StatusChange.objects.filter(client=client).order_by("-as_of")[:CHANGES]),
        since=since_interval(client, interval),
    )


def _open_tasks(person: Employee, client: Client, today: date) -> list[int]:
    found = Task.objects.visible_to(person, today).open().filter(client=client).order_by("due_on", "pk")
    return list(found.values_list("pk", flat=True)[:TASKS])


def case_of(client: Client, interval: Ownership) -> ZeroCase | None:
    """Find the case by which the night handed the client over on that day."""
    if interval.reason != OwnershipReason.ZERO:
        return None
    cases = ZeroCase.objects.filter(client=client, handed_on=interval.starts_on, state__in=KEPT)
    return cases.select_related("from_owner", "to_owner", "approved_by").order_by("-pk").first()


def bought_before(client: Client, day: date) -> date | None:
    """Return the last purchase document before a day."""
    found = Shipment.objects.of_client(client).filter(day__lt=day, total__gt=0).aggregate(last=Max("day"))
    last: date | None = found["last"]
    return last


def attempts(giver: Ownership, interval: Ownership, silent_since: date | None) -> QuerySet[Communication]:
    """Return what the previous owner tried in this silence: what was begun by us, whatever came of it; no notes."""
    tried = Communication.objects.filter(
        client=interval.client_id, author=giver.owner_id, day__lt=interval.starts_on, way=Way.OUT
    )
    begun = max(giver.starts_on, silent_since) if silent_since else giver.starts_on
    return tried.valid().exclude(kind=CommunicationKind.NOTE).filter(day__gte=begun)


def reasons(interval: Ownership, case: ZeroCase | None, silent_since: date | None) -> list[str]:
    """Say why the client was handed over, in sentences."""
    said = []
    if case:
        told = {"since": show.day_long(case.silent_since), "due": show.day_long(case.due_on)}
        if case.rule == CaseRule.UNCONFIRMED_INVOICE:
            said.append(not_confirmed(case))
        else:
            said.append(_("No purchase after %(since)s; the term was over on %(due)s.") % told)
        said.append(_("Rule: %s.") % case.get_rule_display())
        if case.was_lost:
            said.append(_("The client was lost at the hand-over."))
        if case.why.get("returned_in_full"):
            said.append(_("Everything it bought was returned; the purchases still count."))
        if case.approved_by:
            said.append(_("Approved by %s.") % case.approved_by.short_name)
        return said
    said.append(f"{interval.get_reason_display()}{': ' + interval.note if interval.note else ''}".capitalize() + ".")
    if interval.author:
        said.append(_("Decided by %s.") % interval.author.short_name)
    if silent_since:
        said.append(_("The last purchase before it was on %s.") % show.day_long(silent_since))
    if interval.left_alone_until:
        said.append(_("Nights leave it alone until %s.") % show.day_long(interval.left_alone_until))
    return said


def since_interval(client: Client, interval: Ownership) -> Since:
    """Count what was done with the client on the days of one owner."""
    until = Coalesce("ends_on", Value(date.max))
    days = Ownership.objects.filter(pk=interval.pk).annotate(since=F("starts_on"), until=until)
    return _counted(days).get(client.pk, Since())


def since_cases(cases: Iterable[int]) -> dict[int, Since]:
    """Count, by client, what was done since these hand-overs, which are not over: one question."""
    open_ones = ZeroCase.objects.filter(pk__in=list(cases), handed_on__isnull=False)
    return _counted(open_ones.annotate(since=F("handed_on"), until=Value(date.max)))


def _counted(rows: QuerySet[Any]) -> dict[int, Since]:
    """Count and date each kind for rows with a client, on the days [since, until)."""
    asked: dict[str, Any] = {}
    for kind, (found, day, client) in _sources().items():
        summed = found.order_by().values(client).annotate(n=Count("pk"), last=Max(day))
        asked |= {f"{kind}_n": Subquery(summed.values("n")[:1]), f"{kind}_last": Subquery(summed.values("last")[:1])}
    counted = rows.annotate(**asked).values("client_id", *asked)
    return {
        row["client_id"]: Since(*(Mark(row[f"{kind}_n"] or 0, row[f"{kind}_last"]) for kind in KINDS))
        for row in counted
    }


def _sources() -> dict[str, tuple[QuerySet[Any], str, str]]:
    """Return the rows of each kind for an outer row, the day they bear and their client's column."""

    def within(day: str, client: str = "client") -> Q:
        return Q(**{f"{day}__gte": OuterRef("since"), f"{day}__lt": OuterRef("until"), client: OuterRef("client")})

    said = Communication.objects.valid().exclude(kind=CommunicationKind.NOTE)
    return {
        "said": (said.filter(within("day")), "day", "client"),
        "tasks": (
            Task.objects.filter(within("closed_at__date"), state="done"),
            "closed_at__date",
            "client",
        ),
        "deals": (
            Deal.objects.filter(within("entered_stage_on")), "entered_stage_on", "client",
        ),
        "orders": (
            Shipment.objects.filter(within("day", "legal_entity__client"), total__gt=0),
            "day",
            "legal_entity__client",
        ),
    }  # fmt: skip
