"""How deals are narrowed, on the board and in the list: filters, search, columns, orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from clients.filters import ME, NUMBER, TEAM, departments, people, segments, team
from deals.dealing import funnel
from deals.dealing.board import Card
from deals.dealing.models import Deal, DealSource, StageEntry
from deals.filters import DUE, OfClient
from deals.pipelines.models import Pipeline, Stage, StageKind
from salescrm.base import names
from salescrm.base.lists.filters import Choice, DateRange, Filter, Here, Ids, NumberRange
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import Column, ListSpec, ListState

if TYPE_CHECKING:
    from salescrm.base.lists.filters import Choices

WHO = rf"{ME}|{TEAM}|{NUMBER}"
WORDS = ((ME, _("me")), (TEAM, _("my team")))


def answered_by(value: str, here: Here) -> Q:
    """Keep the deals of a person, of me, of my team."""
    return Q(owner__in=team(here)) if value == TEAM else Q(owner=here.person.pk if value == ME else int(value))


STILL = tuple((str(n), ngettext_lazy("%d day", "%d days", n) % n) for n in (7, 14, 30))
OVER = (("over", _("over it")),)
UNSAID = (("none", _("none, though it was moved")),)
WAY = r"\d{1,18}\.(entered|moved|lost)\.\d{4}-\d\d-\d\d\.\d{4}-\d\d-\d\d"


def _texts(known: Sequence[tuple[str, object]]) -> Choices:
    return [(value, str(label)) for value, label in known]


def stands(value: str, here: Here) -> Q:
    """Keep open deals that have stood in their stage so many days or longer (R151)."""
    return Q(state=StageKind.OPEN, entered_stage_on__lte=here.today - timedelta(days=int(value)))


def over_norm(value: str, here: Here) -> Q:
    """Keep open deals that stand longer than the norm of their stage: one condition per stage, read once (R144)."""
    found = Q(pk__in=[])
    for stage, norm in here.once(_norms):
        found |= Q(state=StageKind.OPEN, stage=stage, entered_stage_on__lt=here.today - timedelta(days=norm))
    return found


def _norms(here: Here) -> list[tuple[int, int]]:
    known = Stage.objects.open().filter(norm_days__isnull=False)
    return [(pk, norm or 0) for pk, norm in known.values_list("pk", "norm_days")]


def unsaid(value: str, here: Here) -> Q:
    """Keep open deals a person has moved last and said nothing of (R151)."""
    entries = StageEntry.objects.filter(deal=OuterRef("pk"))
    moved = entries.filter(left_at=None, comment="", by__isnull=False, is_undo=False)
    return Q(Exists(moved), Exists(entries.filter(left_at__isnull=False)), state=StageKind.OPEN)


def went(value: str, here: Here) -> Q:
    """Keep the deals a figure of the funnel counts: `stage.entered|moved|lost.from.to`, days as there (R146)."""
    stage, what, start, end = value.split(".")
    try:
        period = (date.fromisoformat(start), date.fromisoformat(end))
    except ValueError:  # 31 June
        return Q(pk__in=[])
    return Q(pk__in=funnel.deals(int(stage), what, *period))


def _pipelines(here: Here) -> Choices:
    return [(str(one.pk), str(one)) for one in Pipeline.objects.offered()]


def _stages(here: Here) -> Choices:
    found = Stage.objects.offered().select_related("pipeline").order_by("pipeline__order", "order", "pk")
    return [(str(one.pk), f"{one.pipeline} · {one}") for one in found]


def filters() -> list[Filter]:
    """The filters of the list; the board has the same."""
    return [
        Choice("owner", _("Responsible"), choices=people, own=answered_by, pattern=WHO, known=WORDS),
        Choice("department", _("Department"), path="owner__department", choices=departments, pattern=NUMBER),
        Choice("pipeline", _("Pipeline"), path="pipeline", choices=_pipelines),
        Choice("stage", pgettext_lazy("deal", "Stage"), path="stage", choices=_stages),
        Choice(
            "state",
            pgettext_lazy("deal", "State"),
            path="state",
            choices=lambda here: [(str(a), str(b)) for a, b in StageKind.choices],
        ),
        DateRange("expected", _("Expected on"), path="expected_on", presets=DUE),
        DateRange("task", _("Next task"), path="next_task_on", presets=DUE),
        NumberRange("amount", _("Amount"), path="amount"),
        OfClient("client", _("Client"), path="client", url_name="clients:client-choose", pattern=NUMBER),
        Choice(
            "source",
            _("Came by"),
            path="source",
            choices=lambda here: [(str(a), str(b)) for a, b in DealSource.choices],
        ),
        Choice("type", _("Type of the client"), path="client__segment", choices=segments, pattern=NUMBER),
        Choice(
            "still",
            _("Without movement"),
            choices=lambda here: _texts(STILL),
            own=stands,
            pattern=r"\d{1,3}",
            known=STILL,
        ),
        Choice("norm", _("Norm of the stage"), choices=lambda here: _texts(OVER), own=over_norm),
        Choice("comment", _("Comment at the last stage"), choices=lambda here: _texts(UNSAID), own=unsaid),
        Choice("way", _("Way in a period"), offered=False, own=went, pattern=WAY, choices=lambda here: []),
        DateRange("opened", _("Opened on"), path="opened_on"),
        DateRange("closed", _("Closed on"), path="closed_on"),
        Ids("ids", _("Chosen deals")),
    ]


def find(typed: str, whole: bool) -> Q:
    """Keep deals whose words, order number or client's name have what was typed, and the one of this number."""
    key = names.key(typed)
    of_client = Q(client__name_key__contains=key) if key else Q()
    number = Q(pk=int(typed)) if typed.isdecimal() and len(typed) < 19 else Q()
    return Q(title__icontains=typed) | Q(order_number__istartswith=typed) | of_client | number


COLUMNS = (
    Column("title", _("Deal"), lambda row: row.deal.title, fixed=True),
    Column("client", _("Client"), lambda row: row.deal.client.name),
    Column("stage", pgettext_lazy("deal", "Stage"), lambda row: str(row.deal.stage)),
    Column("amount", _("Amount"), lambda row: row.deal.amount, sort="amount", number=True),
    Column("days", _("Days in stage"), lambda row: row.days, number=True),
    Column("task", _("Next task"), lambda row: row.deal.next_task_on),
    Column("expected", _("Expected on"), lambda row: row.deal.expected_on, sort="expected"),
    Column("owner", _("Responsible"), lambda row: row.deal.owner.short_name),
    Column("state", pgettext_lazy("deal", "State"), lambda row: str(row.deal.get_state_display())),
    Column("opened", _("Opened on"), lambda row: row.deal.opened_on, sort="opened", shown=False),
    Column("closed", _("Closed on"), lambda row: row.deal.closed_on, sort="closed", shown=False),
    Column("number", _("Number of the order"), lambda row: row.deal.order_number, shown=False),
    Column("source", _("Came by"), lambda row: str(row.deal.get_source_display()), shown=False),
)
SORTS = (
    Sort("opened", "opened_on"),
    Sort("amount", "amount"),
    Sort("expected", "expected_on", nullable=True),
    Sort("closed", "closed_on", nullable=True),
)
BARE = f"owner={ME}&state=open"
DEALS = ListSpec("deals", COLUMNS, SORTS, "-opened", filters, find, url_name="deals:deal-list", bare=BARE)


def listed(state: ListState) -> QuerySet[Deal]:
    """The deals the person sees, narrowed by nothing yet; one's own are seen without asking for their clients."""
    if tuple(state.values.get("owner", ())) == (ME,):
        return Deal.objects.filter(owner=state.here.person.pk)
    return Deal.objects.visible_to(state.here.person, state.here.today)


def count(state: ListState) -> int:
    """How many deals the state keeps."""
    return state.narrow(listed(state), whole=True).count()


def hydrate(ids: list[int], state: ListState) -> list[Card]:
    """Read the deals of these ids, in this order."""
    from deals.dealing import board

    found = {card.deal.pk: card for card in board.hydrate(ids, state.here.today, changeable=False)}
    return [found[pk] for pk in ids if pk in found]
