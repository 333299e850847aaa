"""The board: columns per stage with count and sums, cards by keys, in a fixed number of queries.

Cards stand by their next task: none first, then overdue, today, later (`deal_column`, `deal_own_column`). Counts and
sums are those of all deals the state keeps, never of the cards shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from deals.dealing.models import Deal
from deals.models import Task
from deals.pipelines.models import Pipeline, Stage
from salescrm.base import show

SIZE = 12  # cards of a column at first, and of each further page
ORDER = (F("next_task_on").asc(nulls_first=True), "pk")
NONE = "none"


@dataclass(frozen=True)
class Sign:
    """What a card says of the next task: drawing, tone and words, never colour alone."""

    icon: str
    tone: str
    text: str


@dataclass(frozen=True)
class Card:
    """One deal on `today`."""

    deal: Deal
    task: Task | None
    today: date
    may_move: bool = False

    @property
    def days(self) -> int:
        """Days in its stage."""
        return self.deal.days_in_stage(self.today)

    @property
    def is_late(self) -> bool:
        """Say whether it stands longer than the norm of its stage."""
        norm = self.deal.stage.norm_days
        return self.deal.is_open and norm is not None and self.days > norm

    @property
    def sign(self) -> Sign:
        """Say when the next task is due."""
        if self.task is None:
            return Sign("alert-triangle", "warn", _("no task"))
        left = (self.task.due_on - self.today).days
        words = {"title": self.task.title, "day": show.day(self.task.due_on), "n": -left}
        if left < 0:
            return Sign("clock-exclamation", "bad", _("%(title)s, %(n)s d overdue") % words)
        if left == 0:
            return Sign("circle-dot", "good", _("%(title)s, today") % words)
        return Sign("calendar", "t3", _("%(title)s, %(day)s") % words)

    @property
    def asks(self) -> bool:
        """Say whether passing its stage asks for anything: a move opens the dialog then."""
        stage = self.deal.stage
        return bool(stage.needs_result or stage.needs_comment or stage.asks)


@dataclass(frozen=True)
class Lane:
    """A column: its stage, what stands in it, the first cards and from where the next go."""

    stage: Stage
    count: int
    amount: Decimal
    cards: list[Card]
    after: str
    ways: list[Stage]  # where its deals may go

    @property
    def left(self) -> int:
        """How many cards the page after this one and those behind it have."""
        return max(self.count - len(self.cards), 0)


@dataclass(frozen=True)
class Figures:
    """What stands in a pipeline."""

    count: int
    amount: Decimal
    weighted: Decimal


Sums = dict[int, tuple[int, Decimal]]


def sums(rows: QuerySet[Deal]) -> Sums:
    """Count and sum the open deals by stage, of all pipelines at once."""
    found = rows.order_by().values("stage").annotate(deals=Count("pk"), sum=Sum("amount"))
    return {one["stage"]: (one["deals"], one["sum"]) for one in found}


def lanes(
    rows: QuerySet[Deal],
    stages: Sequence[Stage],
    known: Sums,
    today: date,
    changeable: bool,
    ways: Mapping[int, list[Stage]],
) -> list[Lane]:
    """Read the columns of a pipeline: the first cards of each in one statement; `ways` from each stage (R143)."""
    parts = [_ids(rows, stage, "")[: SIZE + 1] for stage in stages if stage.pk in known]
    ids = list(parts[0].union(*parts[1:], all=True)) if parts else []
    cards = hydrate([pk for (pk,) in ids], today, changeable)
    by_stage: dict[int, list[Card]] = {}
    for card in cards:
        by_stage.setdefault(card.deal.stage_id, []).append(card)
    return [_lane(stage, by_stage.get(stage.pk, []), known, ways.get(stage.pk, [])) for stage in stages]


def lane(rows: QuerySet[Deal], stage: Stage, after: str, today: date, changeable: bool) -> tuple[list[Card], str]:
    """Read one page of a column and the key of the next."""
    ids = [pk for (pk,) in _ids(rows, stage, after)[: SIZE + 1]]
    cards = hydrate(ids, today, changeable)
    return cards[:SIZE], key(cards[SIZE - 1].deal) if len(cards) > SIZE else ""


def _lane(stage: Stage, cards: list[Card], known: Sums, ways: list[Stage]) -> Lane:
    count, amount = known.get(stage.pk, (0, Decimal(0)))
    more = key(cards[SIZE - 1].deal) if len(cards) > SIZE else ""
    return Lane(stage, count, amount, cards[:SIZE], more, ways)


def key(deal: Deal) -> str:
    """Return the place of a card in its column, as an address says it."""
    return f"{deal.next_task_on.isoformat() if deal.next_task_on else NONE}_{deal.pk}"


def _ids(rows: QuerySet[Deal], stage: Stage, after: str) -> QuerySet[Deal, tuple[int]]:
    found = rows.filter(stage=stage)
    day, _sep, number = after.partition("_")
    if number.isdecimal() and len(number) < 19:
        pk = int(number)
        if day == NONE:
            found = found.filter(Q(next_task_on__isnull=False) | Q(next_task_on__isnull=True, pk__gt=pk))
        else:
            since = _day(day)
            found = found.filter(Q(next_task_on__gt=since) | Q(next_task_on=since, pk__gt=pk)) if since else found
    return found.order_by(*ORDER).values_list("pk")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def hydrate(ids: Iterable[int], today: date, changeable: bool) -> list[Card]:
    """Read the deals of these ids in the order of the board: two queries whatever their number."""
    named = list(ids)
    found = Deal.objects.filter(pk__in=named).select_related("client__standing", "stage", "owner")
    tasks = Task.objects.open().filter(deal__in=named).order_by("deal", "due_on", "pk").distinct("deal")
    next_of = {task.deal_id: task for task in tasks} if named else {}
    cards = [Card(deal, next_of.get(deal.pk), today, changeable) for deal in found]
    return sorted(cards, key=lambda card: (card.deal.next_task_on or date.min, card.deal.pk))


def figures(stages: Iterable[Stage], known: Sums) -> Figures:
    """Sum up the columns of a pipeline; weighted: each sum by the probability of its stage."""
    parts = [(stage, *known.get(stage.pk, (0, Decimal(0)))) for stage in stages]
    amount = sum((part[2] for part in parts), Decimal(0))
    weighted = sum((part[2] * part[0].probability / 100 for part in parts), Decimal(0))
    return Figures(sum(part[1] for part in parts), amount, weighted)


def pipelines() -> list[Pipeline]:
    """The pipelines offered, each with its stages: two queries."""
    return list(Pipeline.objects.offered().with_stages())


def open_stages(pipeline: Pipeline) -> list[Stage]:
    """The columns of a pipeline read with its stages."""
    return [stage for stage in pipeline.stages.all() if stage.is_open]
