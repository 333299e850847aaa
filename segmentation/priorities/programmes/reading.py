"""Action programmes as the card, the list and the day show them: turnover against the aim, steps done, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clients.models import Client, DevelopmentStep, StepKind
from deals.models import TaskState
from salescrm.base import names, show
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec
from salescrm.base.periods import add_months
from segmentation.models import CategoryTurnover, MonthlyTurnover
from segmentation.priorities import preparation
from segmentation.priorities.models import StrategicClient
from segmentation.priorities.programmes.models import (
    CLOSED,
    QUARTER,
    Path,
    Programme,
    ProgrammeQuerySet,
    ProgrammeReview,
    ProgrammeState,
    ProgrammeStep,
    Stage,
    Verdict,
)
from segmentation.querysets import MONEY
from staff.models import Employee

VIEWS = ("open", "due", "late", "proposed", "closed")
OTHERS = ("view", "owner", "branch")
TONES = {
    ProgrammeState.PROPOSED: ("warn", "hourglass-low"),
    ProgrammeState.RUNNING: ("info", "progress-check"),
    ProgrammeState.REACHED: ("good", "circle-check"),
    ProgrammeState.ENDED: ("", "x"),
}
VERDICT_TONES = {
    Verdict.ON_COURSE: ("good", "circle-check"),
    Verdict.BEHIND: ("warn", "clock-exclamation"),
    Verdict.OUT_OF_REACH: ("bad", "x"),
}
EARLIER = 5  # closed programmes of a client that are named
MISSING = 8  # priority clients without a programme that are named


def named(typed: str, whole: bool) -> Q:
    """Keep the programmes of clients whose name has the typed text."""
    return Q(client__name_key__contains=names.key(typed))


SORTS = (Sort("review", "review_on", nullable=True), Sort("closed", "closed_on", nullable=True))
OPEN_ONES = ListSpec("programmes", (), SORTS, "review", search=named, others=OTHERS, size=50)
CLOSED_ONES = ListSpec("programmes", (), SORTS, "-closed", search=named, others=OTHERS, size=50)


def end_of(quarter: date) -> date:
    """Return the day after a quarter."""
    return add_months(quarter, QUARTER)


# --- turnover ---------------------------------------------------------------------------------------------------------


def with_turnover(programmes: QuerySet[Programme], before: date | None = None) -> Any:  # stubs lose what is annotated
    """Add the net turnover of the target group from the start on, up to the last night or the month of `before`."""
    of_category = _bought(CategoryTurnover, before, category=OuterRef("category"))
    of_direction = _bought(CategoryTurnover, before, category__direction=OuterRef("direction"))
    of_all = _bought(MonthlyTurnover, before)
    found = Case(
        When(category__isnull=False, then=of_category),
        When(direction__isnull=False, then=of_direction),
        default=of_all,
    )
    return programmes.annotate(turnover=Coalesce(found, Value(Decimal(0)), output_field=MONEY))


def _bought(
    table: type[CategoryTurnover] | type[MonthlyTurnover], before: date | None, **of_group: OuterRef
) -> Subquery:
    months = {"month__gte": OuterRef("starts_on"), "month__year": OuterRef("year")}
    rows: QuerySet[Any] = table._default_manager.filter(legal_entity__client=OuterRef("client"), **months, **of_group)
    if before is not None:
        rows = rows.filter(month__lt=before)
    summed = rows.order_by().values("legal_entity__client").annotate(sum=Sum("amount")).values("sum")
    return Subquery(summed, output_field=MONEY)


def turnover_of(programme: Programme, before: date | None = None) -> Decimal:
    """Return the turnover of one programme's group."""
    found: Decimal = with_turnover(Programme.objects.filter(pk=programme.pk), before).get().turnover
    return found


# --- one programme ----------------------------------------------------------------------------------------------------


@dataclass
class Steps:
    """How many steps are planned (cancelled ones apart), done, and not done by their day."""

    planned: int = 0
    done: int = 0
    overdue: int = 0


@dataclass
class Row:
    """A programme with what came of it until now."""

    programme: Programme
    today: date
    steps: Steps = field(default_factory=Steps)

    @property
    def turnover(self) -> Decimal:
        """Of the target group, since the start."""
        one: Any = self.programme  # as `with_turnover` gave it
        found: Decimal = one.turnover
        return found

    @property
    def done(self) -> Decimal:
        """The part of the aim that is reached."""
        return self.turnover / self.programme.aimed

    @property
    def share(self) -> Decimal | None:
        """Our part of what the client needs, where the need is known (R83)."""
        return self.turnover / self.programme.need if self.programme.need else None

    @property
    def passed(self) -> Decimal:
        """The part of the programme's time that is over."""
        one = self.programme
        days = (min(max(self.today, one.starts_on), one.ends_on) - one.starts_on).days
        return Decimal(days) / (one.ends_on - one.starts_on).days

    @property
    def tone(self) -> str:
        """Say by a tone whether turnover keeps up with time."""
        if self.done >= 1:
            return "good"
        return "warn" if self.programme.is_open and self.done < self.passed else ""

    @property
    def bar(self) -> str:
        """The same as the colour of the bar."""
        return {"good": "ok", "warn": "no"}.get(self.tone, "")

    @property
    def state(self) -> tuple[str, str]:
        """Tone and icon of the state."""
        return TONES[ProgrammeState(self.programme.state)]

    @property
    def is_due(self) -> bool:
        """Say whether a review is due."""
        return self.programme.is_review_due(self.today)

    @property
    def group(self) -> str:
        """The goods it is about."""
        return str(self.programme.category or self.programme.direction or _("all goods"))

    @property
    def target(self) -> str:
        """The figure aimed at, in words."""
        one = self.programme
        if one.aim_share is None:
            return show.money_short(one.aimed)
        said = {"share": show.percent(one.aim_share), "need": show.money_short(one.need)}
        return _("%(share)s of a need of %(need)s") % said


@dataclass
class Shown(Row):
    """A programme as the card shows it: its steps, the cycle of sales, the reviews, the ways not gone yet."""

    lines: list[ProgrammeStep] = field(default_factory=list)
    reviews: list[ProgrammeReview] = field(default_factory=list)
    is_top: bool = False
    templates: Sequence[DevelopmentStep] = ()

    @property
    def developments(self) -> list[DevelopmentStep]:
        """The steps of the client's sphere that may be planned now (R38, R39)."""
        return developments(self.templates, self.lines)

    @property
    def cycle(self) -> list[tuple[str, str, str, str]]:
        """The three steps of the cycle: value, words, tone and icon; done, planned or not begun (R82)."""
        found = []
        for stage in Stage:
            states = {line.task.state for line in self.lines if line.stage == stage}
            if TaskState.DONE in states:
                look = ("good", "circle-check")
            else:
                look = ("info", "clock") if TaskState.OPEN in states else ("", "circle-dashed")
            found.append((str(stage.value), str(stage.label), *look))
        return found

    @property
    def ways(self) -> list[tuple[str, str]]:
        """The ways to develop the client no step goes yet; large batches are for TOP clients only (R88)."""
        gone = {line.path for line in self.lines if line.task.state != TaskState.CANCELLED}
        return [
            (str(path.value), str(path.label))
            for path in Path
            if path not in gone and (path != Path.BATCHES or self.is_top)
        ]

    @property
    def verdicts(self) -> list[tuple[ProgrammeReview, str, str]]:
        """The reviews, newest first, with tone and icon."""
        return [(one, *VERDICT_TONES[Verdict(one.verdict)]) for one in self.reviews]


@dataclass
class OfClient:
    """What the card says of programmes: the open ones in full, closed ones in a line, what the type buys besides."""

    client: Client
    open: list[Shown]
    closed: list[Row]
    missing: list[str]
    free_years: list[int]  # on the strategic list, no programme yet


def of_client(client: Client, today: date) -> OfClient:
    """Read the programmes of a client that the person sees; the same number of queries however many there are."""
    known = with_turnover(Programme.objects.filter(client=client)).select_related(*BESIDE).order_by("-year", "-pk")
    rows = list(known)
    shown = shown_of([one for one in rows if one.is_open], client, today)
    closed = [Row(one, today) for one in rows if not one.is_open]
    missing = [one.name for one in preparation.goods(client).missing] if shown else []
    return OfClient(client, shown, closed[:EARLIER], missing, free_years(client, today))


BESIDE = (
    "client__standing",
    "client__segment",
    "owner",
    "category",
    "direction",
    "made_by",
    "approved_by",
    "closed_by",
)


def shown_of(programmes: Sequence[Programme], client: Client, today: date) -> list[Shown]:
    """Read steps and reviews of programmes of a client, and the steps of its sphere: four queries."""
    steps = steps_of(programmes, today)
    is_top = client.standing.top
    ready = templates(client) if programmes else []
    by_number = {
        one.pk: Shown(one, today, steps.get(one.pk, Steps()), is_top=is_top, templates=ready) for one in programmes
    }
    lines = ProgrammeStep.objects.filter(programme__in=list(by_number)).select_related("task__assignee")
    for line in lines.order_by("task__due_on", "pk"):
        by_number[line.programme_id].lines.append(line)
    reviews = ProgrammeReview.objects.filter(programme__in=list(by_number)).select_related("author")
    for one in reviews.order_by("-quarter"):
        by_number[one.programme_id].reviews.append(one)
    return list(by_number.values())


def templates(client: Client) -> list[DevelopmentStep]:
    """Return what a manager does to develop a client of this sphere, and its sequence; none without a type (R38)."""
    if client.segment is None:
        return []
    kinds = (StepKind.ACTION, StepKind.SEQUENCE)
    return list(DevelopmentStep.objects.filter(sphere=client.segment.sphere_id, is_active=True, kind__in=kinds))


def developments(ready: Iterable[DevelopmentStep], lines: Iterable[ProgrammeStep]) -> list[DevelopmentStep]:
    """Keep the steps that may be planned beside the planned ones.

    A manager's step may while it is neither open nor done. Of a sequence only the next one may, once all before it are
    done (R39); a cancelled step counts as not planned.
    """
    states: dict[int | None, set[str]] = {}
    for line in lines:
        states.setdefault(line.development_id, set()).add(line.task.state)
    found, is_held = [], False
    for one in ready:
        state = states.get(one.pk, set())
        if one.kind == StepKind.SEQUENCE and is_held:
            continue
        if not state & {TaskState.OPEN, TaskState.DONE}:
            found.append(one)
        if one.kind == StepKind.SEQUENCE:
            is_held = TaskState.DONE not in state
    return found


def free_years(client: Client, today: date) -> list[int]:
    """Return this year and the next, where the client is on the strategic list and has no open programme."""
    years = [today.year, today.year + 1]
    on_list = StrategicClient.objects.filter(client=client, year__in=years, left_on__isnull=True)
    taken = Programme.objects.open().filter(client=client, year__in=years).values("year")
    return sorted(on_list.exclude(year__in=taken).values_list("year", flat=True))


# --- the list ---------------------------------------------------------------------------------------------------------


def steps_of(programmes: Iterable[Programme], today: date) -> dict[int, Steps]:
    """Count the steps of programmes: one query."""
    found = ProgrammeStep.objects.filter(programme__in=[one.pk for one in programmes])
    return {row.pop("programme"): Steps(**row) for row in _counted(found, "programme", today)}


def _counted(steps: QuerySet[ProgrammeStep], by: str, today: date) -> list[dict[str, Any]]:
    planned = steps.exclude(task__state=TaskState.CANCELLED).order_by().values(by)
    return list(
        planned.annotate(
            planned=Count("pk"),
            done=Count("pk", filter=Q(task__state=TaskState.DONE)),
            overdue=Count("pk", filter=Q(task__state=TaskState.OPEN, task__due_on__lt=today)),
        )
    )


def members(programmes: ProgrammeQuerySet, view: str, today: date) -> ProgrammeQuerySet:
    """Keep what a view of the page shows."""
    if view == "closed":
        return programmes.filter(state__in=CLOSED)
    if view == "proposed":
        return programmes.filter(state=ProgrammeState.PROPOSED)
    if view == "due":
        return programmes.review_due(today)
    if view == "late":
        late = ProgrammeStep.objects.filter(
            programme=OuterRef("pk"), task__state=TaskState.OPEN, task__due_on__lt=today
        )
        return programmes.open().filter(Exists(late))
    return programmes.open()


def read(ids: Sequence[int], today: date) -> list[Row]:
    """Return the rows of a page, in its order: two queries."""
    known = with_turnover(Programme.objects.filter(pk__in=list(ids))).select_related(*BESIDE)
    found = {one.pk: one for one in known}
    steps = steps_of(found.values(), today)
    return [Row(found[pk], today, steps.get(pk, Steps())) for pk in ids if pk in found]


@dataclass
class Line:
    """Plan against done of one manager (R77)."""

    owner: Employee
    programmes: int = 0
    proposed: int = 0
    due: int = 0
    steps: Steps = field(default_factory=Steps)


def plan_done(programmes: ProgrammeQuerySet, today: date) -> list[Line]:
    """Count open programmes, reviews due and steps by manager: three queries whatever the number of managers."""
    still = programmes.open()
    due = Q(state=ProgrammeState.RUNNING, review_on__lte=today)
    counted: Any = list(
        still.order_by()
        .values("owner")
        .annotate(n=Count("pk"), new=Count("pk", filter=Q(state=ProgrammeState.PROPOSED)), due=Count("pk", filter=due))
    )
    people = Employee.objects.in_bulk([row["owner"] for row in counted])
    lines = {row["owner"]: Line(people[row["owner"]], row["n"], row["new"], row["due"]) for row in counted}
    steps = ProgrammeStep.objects.filter(programme__in=still.values("pk"))
    for row in _counted(steps, "programme__owner", today):
        line = lines[row.pop("programme__owner")]
        line.steps = Steps(**row)
    return sorted(lines.values(), key=lambda line: (line.owner.last_name, line.owner.first_name, line.owner.pk))


def without(clients: QuerySet[Client], year: int) -> tuple[list[Client], int]:
    """Return the first priority clients that have no programme of a year, best first, and their number.

    One that was ended without its aim counts as none.
    """
    there = Programme.objects.filter(client=OuterRef("client"), year=year).exclude(state=ProgrammeState.ENDED)
    entries = StrategicClient.objects.on_list(year).filter(~Exists(there), client__in=clients.values("pk"))
    order = Coalesce("client__priority_score__score", Value(Decimal(0))).desc()
    found = [one.client for one in entries.select_related("client__standing").order_by(order, "pk")[:MISSING]]
    return found, entries.count() if len(found) == MISSING else len(found)


def labels() -> dict[str, str]:
    """Return what the views are called."""
    return {
        "open": pgettext("programmes", "Open"),
        "due": _("Review due"),
        "late": _("Steps overdue"),
        "proposed": _("To be approved"),
        "closed": pgettext("programmes", "Closed"),
    }
