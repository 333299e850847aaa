"""Focus lists as the page and the day show them: rows with their reasons, the schedule, plan against done (R77-R81)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from clients.models import Client, Communication
from deals.models import TaskState
from salescrm.base import show
from segmentation.models import PurchaseDay
from segmentation.priorities.models import FocusClient, FocusList, Talk
from segmentation.priorities.scoring import period_of
from staff.models import Employee


@dataclass
class FocusRow:
    """A client of a list: what was planned with it, and whether it was spoken with and has bought within the period."""

    entry: FocusClient
    talks: list[Talk] = field(default_factory=list)

    @property
    def reasons(self) -> list[tuple[str, str, str, str]]:
        """Say why it is there: tone, icon, word, and what it was reckoned from."""
        entry = self.entry
        found = []
        if entry.is_priority:
            found.append(("info", "target", _("priority client"), _("on the strategic list of the year")))
        if entry.is_falling:
            found.append(("warn", "trending-down", _("turnover falls"), fall_words(entry)))
        if entry.is_late:
            found.append(("warn", "clock-exclamation", _("order missed"), late_words(entry)))
        if entry.is_pinned:
            found.append(("", "pin", _("pinned"), _("stays on the lists that follow")))
        if entry.added_by_id and not found:
            found.append(("", "hand-finger", _("by hand"), entry.added_by.short_name if entry.added_by else ""))
        return found


def fall_words(entry: FocusClient) -> str:
    """Say what the fall was reckoned from."""
    told = {
        "recent": show.money_short(entry.recent),
        "usual": show.money_short(entry.usual),
        "season": show.number(entry.season, 2),
    }
    return _("bought for %(recent)s in 30 days, usual are %(usual)s (season × %(season)s)") % told


def late_words(entry: FocusClient) -> str:
    """Say what the missed order was reckoned from."""
    return _("silent for %(days)s d, rhythm %(rhythm)s d") % {
        "days": show.number(entry.silent_days), "rhythm": show.number(entry.rhythm_days)
    }  # fmt: skip


def entries(focus_list: FocusList, clients: QuerySet[Client]) -> QuerySet[FocusClient]:
    """Return the entries of a list whose clients are among those seen, with what came of them in the period."""
    found = FocusClient.objects.filter(focus_list=focus_list, client__in=clients.values("pk"))
    told: QuerySet[FocusClient] = with_outcome(found).select_related("client__standing", "added_by", "dropped_by")
    return told


def with_outcome(found: QuerySet[FocusClient]) -> Any:  # the stubs lose what is annotated
    """Say of each entry whether the client was spoken with and has bought within the two weeks."""
    period = {"day__gte": OuterRef("focus_list__starts_on"), "day__lt": OuterRef("focus_list__ends_on")}
    spoken = Communication.objects.counted().filter(client=OuterRef("client"), **period)
    bought = PurchaseDay.objects.filter(legal_entity__client=OuterRef("client"), **period)
    return found.annotate(is_spoken=Exists(spoken), has_bought=Exists(bought))


def to_work_on(person: Employee, clients: QuerySet[Client], today: date) -> QuerySet[FocusClient]:
    """Return what is left of the person's running list: neither spoken with nor bought within the two weeks."""
    running = FocusClient.objects.filter(
        focus_list__owner=person, focus_list__starts_on=period_of(today)[0], dropped_on__isnull=True
    )
    left = with_outcome(running.filter(client__in=clients.values("pk"))).filter(is_spoken=False, has_bought=False)
    found: QuerySet[FocusClient] = left.select_related("client__standing", "added_by")
    return found


def rows_of(focus_list: FocusList, clients: QuerySet[Client]) -> tuple[list[FocusRow], list[FocusRow]]:
    """Return the rows of a list and the dropped ones: two queries."""
    lines = [FocusRow(one) for one in entries(focus_list, clients).order_by("place", "pk")]
    by_entry = {line.entry.pk: line for line in lines}
    talks = Talk.objects.filter(entry__in=list(by_entry)).select_related("task", "contact")
    for talk in talks.order_by("task__due_on", "task__due_time", "pk"):
        by_entry[talk.entry_id].talks.append(talk)
    return [one for one in lines if not one.entry.dropped_on], [one for one in lines if one.entry.dropped_on]


def order_of(focus_list: FocusList, clients: QuerySet[Client]) -> list[int]:
    """Return the clients of a list in the order its page shows them."""
    here = FocusClient.objects.filter(focus_list=focus_list, dropped_on__isnull=True, client__in=clients.values("pk"))
    return list(here.order_by("place", "pk").values_list("client_id", flat=True))


def place_of(focus_list: FocusList) -> str:
    """Return the query of a card opened from a list: it leads back to the list and to the next client on it."""
    return urlencode({"from": "focus", "owner": focus_list.owner_id, "on": focus_list.starts_on.isoformat()})


def schedule(lines: Sequence[FocusRow]) -> list[tuple[date, list[tuple[FocusRow, Talk]]]]:
    """Return the talks by days, earliest first; cancelled ones are left out."""
    days: dict[date, list[tuple[FocusRow, Talk]]] = {}
    for line in lines:
        for talk in line.talks:
            if talk.task.state != TaskState.CANCELLED:
                days.setdefault(talk.task.due_on, []).append((line, talk))
    for found in days.values():
        found.sort(key=lambda pair: (pair[1].task.due_time is None, str(pair[1].task.due_time), pair[1].pk))
    return sorted(days.items())


@dataclass
class Line:
    """Plan against done of one manager in two weeks."""

    owner: Employee
    focus_list: FocusList
    clients: int = 0
    spoken: int = 0
    bought: int = 0
    dropped: int = 0
    planned: int = 0
    done: int = 0
    overdue: int = 0


def plan_done(lists: Sequence[FocusList], clients: QuerySet[Client], today: date) -> list[Line]:
    """Count the clients and the talks of each list, of the clients seen: two queries whatever the number of lists."""
    lines = {one.pk: Line(one.owner, one) for one in lists}
    seen = FocusClient.objects.filter(focus_list__in=list(lines), client__in=clients.values("pk"))
    here = Q(dropped_on__isnull=True)
    counted: Any = list(
        with_outcome(seen)
        .order_by()
        .values("focus_list")
        .annotate(
            clients=Count("pk", filter=here),
            spoken=Count("pk", filter=here & Q(is_spoken=True)),
            bought=Count("pk", filter=here & Q(has_bought=True)),
            dropped=Count("pk", filter=~here),
        )
    )
    planned = Talk.objects.filter(entry__in=seen).exclude(task__state=TaskState.CANCELLED)
    talks: Any = list(
        planned.order_by()
        .values("entry__focus_list")
        .annotate(
            planned=Count("pk"),
            done=Count("pk", filter=Q(task__state=TaskState.DONE)),
            overdue=Count("pk", filter=Q(task__state=TaskState.OPEN, task__due_on__lt=today)),
        )
    )
    for row in counted:
        _put(lines[row["focus_list"]], row, ("clients", "spoken", "bought", "dropped"))
    for row in talks:
        _put(lines[row["entry__focus_list"]], row, ("planned", "done", "overdue"))
    return sorted(lines.values(), key=lambda line: (line.owner.last_name, line.owner.first_name, line.owner.pk))


def _put(line: Line, row: dict[str, Any], names: Sequence[str]) -> None:
    for name in names:
        setattr(line, name, row[name])
