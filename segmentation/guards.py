"""The night's guards: a broken feed hands nobody over, a wave or a backlog becomes an approval list (R119, R376)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop

from clients.models import Shipment
from salescrm.base import notify, sql
from salescrm.base.models import StepRun, StepState
from segmentation.models import HandOverMode
from staff.calendar import head_office
from staff.models import Branch, Employee

if TYPE_CHECKING:
    from segmentation.steps import Night

APP = "segmentation"
FEED, SIZE, BACKLOG = "feed", "size", "backlog"
BROKEN_FEED = gettext_noop(
    "No documents from {source} since {day}: its clients are not handed over and get no contact tasks until the feed "
    "is back"
)
WAVE = gettext_noop("Hand-overs wait for your approval: {count} (night of {day})")
NO_PLACE = gettext_noop("Due for a hand-over, but no development manager has a place: {count}")


@dataclass(frozen=True)
class Feed:
    """A source whose newest document is too old: its clients are left alone."""

    source_id: int
    code: str
    name: str
    newest: date


def broken_feeds(night: Night) -> list[Feed]:
    """Return the sources that delivered lately but whose newest document is too old (head office's working days).

    Working days are counted only for a feed that is late by calendar days: the first count of a process loads the
    calendars of 250 countries, a third of a quiet night.
    """
    rules = night.rule_set
    if not rules.feed_guard:
        return []
    lately = night.as_of - timedelta(days=rules.feed_source_days)
    newest = night.as_of - timedelta(days=rules.feed_working_days)
    late = [row for row in sql.rows(APP, "read_feeds", {"as_of": night.as_of}) if lately < row["day"] < newest]
    calendar = head_office() if late else None
    return [
        Feed(row["id"], row["code"], row["name"], row["day"])
        for row in late
        if calendar and calendar.days_old(row["day"], night.as_of) > rules.feed_working_days
    ]


def wave(night: Night, moves: int) -> list[str]:
    """Return the guards that turn `moves` hand-overs of this night into an approval list."""
    rules = night.rule_set
    if not moves or not (rules.size_guard or rules.backlog_guard):
        return []
    figures = sql.row(APP, "read_guard_figures", {"as_of": night.as_of})
    held = []
    if rules.backlog_guard and (not figures["has_handed_over"] or _late_import(night, figures["buyers"])):
        held.append(BACKLOG)
    if rules.size_guard and _is_too_many(night, moves, figures["moved"], figures["base"]):
        held.append(SIZE)
    return held


def _is_too_many(night: Night, moves: int, moved: int, base: int) -> bool:
    """More than a share of the base, and than so many clients, tonight or within 30 days (not in month-end mode)."""
    rules = night.rule_set
    least = Decimal(rules.size_min_clients)
    if rules.hand_over_mode == HandOverMode.MONTH_END:
        return moves > max(Decimal(rules.size_month_end) * base, least)
    in_30_days = moves + moved
    return moves > max(Decimal(rules.size_night) * base, least) or in_30_days > max(
        Decimal(rules.size_30_days) * base, least
    )


def _late_import(night: Night, buyers: int) -> bool:
    """Say whether, since the last hand-over step, an import moved too many last purchases to before a done night."""
    runs = StepRun.objects.filter(step="life_cycle", state=StepState.DONE, as_of__lte=night.as_of)
    last = StepRun.objects.filter(step="hand_over", state=StepState.DONE, as_of__lt=night.as_of)
    newest = last.order_by("-as_of").values_list("as_of", flat=True).first()
    if newest:
        runs = runs.filter(as_of__gt=newest)
    late = max((run.detail.get("late_purchases", 0) for run in runs), default=0)
    return late > Decimal(night.rule_set.backlog_share) * buyers


def heads() -> list[int]:
    """Return who is told of the whole company: the heads of sales, then those of client service."""
    found = Employee.objects.filter(is_active=True, role__in=("hos", "csh")).order_by("-role", "pk")
    return list(found.values_list("pk", flat=True))


def head() -> int | None:
    """Return whose list takes what nobody else can: a head of sales, else of client service."""
    return next(iter(heads()), None)


def branch_heads() -> dict[int, list[int]]:
    """Return branch → its heads."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Employee.objects.filter(is_active=True, role="branch_head", branch__isnull=False).order_by("pk")
    for branch, person in rows.values_list("branch_id", "pk"):
        found[branch].append(person)
    return found


def for_heads(
    by_branch: Mapping[int, Counter[str]], notice: Callable[[Counter[str]], notify.Notice]
) -> list[tuple[int, notify.Notice]]:
    """Return the notice for each head: with the company's figures, for heads of branches with those of the branch."""
    whole = sum(by_branch.values(), Counter[str]())
    told = [(person, notice(whole)) for person in heads()]
    people = branch_heads()
    return told + [
        (person, notice(counted)) for branch, counted in by_branch.items() for person in people.get(branch, [])
    ]


def tell_feeds(night: Night, feeds: list[Feed]) -> None:
    """Tell the heads once per source and newest document that its clients are left alone; of branches that have any."""
    people = branch_heads() if feeds else {}
    told = []
    for feed in feeds:
        notice = notify.Notice(
            f"feed:{feed.source_id}:{feed.newest}",
            BROKEN_FEED,
            {"source": feed.name, "day": f"{feed.newest:%d.%m.%Y}"},
            f"/segmentation/nights/{night.as_of}/",
        )
        theirs = [person for branch in _branches_of(feed, people) for person in people[branch]]
        told += [(person, notice) for person in (*heads(), *theirs)]
    if told:
        notify.tell_each("guard", told)


def _branches_of(feed: Feed, branches: Iterable[int]) -> list[int]:
    """Return those of the branches that have clients with documents of the source."""
    documents = Shipment.objects.filter(source=feed.source_id, legal_entity__client__branch=OuterRef("pk"))
    found = Branch.objects.filter(Exists(documents), pk__in=list(branches)).order_by("pk")
    return list(found.values_list("pk", flat=True))


def tell_wave(night: Night, held: list[str], proposed: Counter[int], fresh: Iterable[int]) -> None:
    """Tell the heads that tonight's hand-overs wait for approval; of branches where a fresh one is among them."""
    newly = set(fresh)

    def notice(counted: Counter[str]) -> notify.Notice:
        told = {"count": counted["count"], "day": f"{night.as_of:%d.%m.%Y}", "guards": held}
        return notify.Notice(f"approval:{night.as_of}", WAVE, told, "/segmentation/zero/proposals/")

    found = for_heads(_counted(proposed), notice)
    told_here = {person for branch in newly for person in branch_heads().get(branch, [])} | set(heads())
    notify.tell_each("guard", [one for one in found if one[0] in told_here])


def tell_waiting(night: Night, waiting: Counter[int]) -> None:
    """Tell the heads once a week that due clients find no place."""
    year, week, _day = night.as_of.isocalendar()

    def notice(counted: Counter[str]) -> notify.Notice:
        return notify.Notice(f"waiting:{year}-{week:02}", NO_PLACE, {"count": counted["count"]}, "/segmentation/zero/")

    notify.tell_each("guard", for_heads(_counted(waiting), notice))


def _counted(by_branch: Counter[int]) -> dict[int, Counter[str]]:
    return {branch: Counter(count=number) for branch, number in by_branch.items()}


def tell_head_list(night: Night, counted: dict[str, int]) -> None:
    """Tell the heads once a week how many silent clients only they can give to somebody."""
    year, week, _day = night.as_of.isocalendar()
    notify.tell(
        heads(),
        kind="guard",
        text=gettext_noop(
            "On your list, not handed over by the rules: {count} (with development managers {development}, "
            "no development manager for the branch {no_receiver})"
        ),
        key=f"head-list:{year}-{week:02}",
        url="/segmentation/zero/#lane-head",
        count=sum(counted.values()),
        **counted,
    )
