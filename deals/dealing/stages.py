"""The way through the stages: what passing one asks for, where one may go next, and the row each move leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from deals.dealing import tasks
from deals.dealing.models import Deal, StageEntry
from deals.pipelines.models import Asked, Stage, StageItem, StageKind, StageResult

BATCH = 1_000
MOVED = ("pipeline", "stage", "state", "entered_stage_on", "closed_on", "loss_reason", "amount", "shipment", "version")


def first(pipelines: Iterable[int]) -> dict[int, Stage]:
    """Return the first stage of pipelines, by pipeline."""
    found: dict[int, Stage] = {}
    for stage in Stage.objects.offered().open().filter(pipeline__in=set(pipelines)).order_by("order", "pk"):
        found.setdefault(stage.pipeline_id, stage)
    return found


def closing(kind: StageKind, pipelines: Iterable[int]) -> dict[int, Stage]:
    """Return the stage in which deals of pipelines end, won or lost, by pipeline."""
    return {stage.pipeline_id: stage for stage in Stage.objects.filter(kind=kind, pipeline__in=set(pipelines))}


def missing(deal: Deal, given: Mapping[str, object] | None = None) -> list[Asked]:
    """Say which fields its stage asks for and neither the deal nor what is given has."""
    has = {
        Asked.AMOUNT: deal.amount > 0,
        Asked.EXPECTED_ON: deal.expected_on is not None,
        Asked.CONTACT: deal.contact_id is not None,
        Asked.LEGAL_ENTITY: deal.legal_entity_id is not None,
        Asked.ORDER_NUMBER: deal.order_number != "",
    }
    known = given or {}
    if Asked.LINES in deal.stage.asks:
        has[Asked.LINES] = deal.lines.exists()
    if Asked.OFFER in deal.stage.asks:
        has[Asked.OFFER] = deal.offers.filter(sent_at__isnull=False).exists()
    if Asked.CONTRACT in deal.stage.asks:
        has[Asked.CONTRACT] = deal.contracts.filter(signed_on__isnull=False).exists()
    return [Asked(one) for one in deal.stage.asks if not has[Asked(one)] and not known.get(one)]


def allowed(deal: Deal) -> list[Stage]:
    """Return the open stages it may go to, those ahead first: those its stage names, else all later ones (R143)."""
    offered = list(Stage.objects.offered().open().filter(pipeline=deal.pipeline_id).order_by("order", "pk"))
    named = set(deal.stage.next_stages.values_list("pk", flat=True))
    return ways(deal.stage, offered, named)


def ways(stage: Stage, offered: Iterable[Stage], named: Collection[int]) -> list[Stage]:
    """Return where deals of a stage may go among the stages offered; `named`: the numbers of those it names."""
    here = place(stage)
    found = [one for one in offered if one.is_open and one.pk != stage.pk]
    if named:
        found = [one for one in found if one.pk in named]
        return [one for one in found if place(one) > here] + [one for one in found if place(one) < here]
    return [one for one in found if place(one) > here]


def ways_of(pipeline: int, offered: Sequence[Stage]) -> dict[int, list[Stage]]:
    """Return where deals of each stage of a pipeline may go, by stage: one query."""
    named: dict[int, set[int]] = {}
    for left, to in Stage.next_stages.through.objects.filter(from_stage__pipeline=pipeline).values_list(
        "from_stage", "to_stage"
    ):
        named.setdefault(left, set()).add(to)
    return {stage.pk: ways(stage, offered, named.get(stage.pk, ())) for stage in offered}


def place(stage: Stage) -> tuple[int, int]:
    """Return where a stage stands in its pipeline."""
    return stage.order, stage.pk


def refusal(deal: Deal, to: Stage, ways: Sequence[Stage]) -> str:
    """Say in one line why a deal does not go to a stage that is none of its ways."""
    if not to.is_open or to.pipeline_id != deal.pipeline_id:
        return _("“%(stage)s” is no stage a deal of this pipeline is worked in.") % {"stage": to}
    if not to.is_active:
        return _("The stage “%(stage)s” is switched off.") % {"stage": to}
    words = {"left": deal.stage, "stage": to, "ways": ", ".join(f"“{one}”" for one in ways)}
    if not ways:
        return _("From “%(left)s” a deal does not go to “%(stage)s”: the next step is closing it.") % words
    return _("From “%(left)s” a deal does not go to “%(stage)s”: only to %(ways)s.") % words


def others(deal: Deal, ways: Sequence[Stage]) -> list[Stage]:
    """Return the stages offered in its pipeline it may not go to, but for its own."""
    offered = Stage.objects.offered().open().filter(pipeline=deal.pipeline_id).exclude(pk=deal.stage_id)
    return list(offered.exclude(pk__in=[one.pk for one in ways]))


def no_win(deal: Deal) -> str:
    """Say in one line why it is not won from its stage."""
    return _("From “%(stage)s” a deal is not won.") % {"stage": deal.stage}


def may_close(deal: Deal, kind: StageKind) -> bool:
    """Say whether its stage lets it be closed so; losing is always possible."""
    if kind == StageKind.LOST:
        return True
    named = list(deal.stage.next_stages.all())
    return not named or any(stage.kind == kind for stage in named)


def lacking(deal: Deal, *, result: StageResult | None, comment: str, given: Mapping[str, object]) -> str:
    """Say in one line what passing the stage still asks for; empty when nothing."""
    fields = missing(deal, given)
    if fields:
        said = ", ".join(str(one.label) for one in fields)
        return _("The stage “%(stage)s” asks for: %(fields)s.") % {"stage": deal.stage, "fields": said}
    if result is not None and result.stage_id != deal.stage_id:
        return _("This result is not one of the stage “%(stage)s”.") % {"stage": deal.stage}
    if deal.stage.needs_result and result is None and deal.stage.results.filter(is_active=True).exists():
        return _("The stage “%(stage)s” ends with a result.") % {"stage": deal.stage}
    if deal.stage.needs_comment and not comment.strip():
        return _("The stage “%(stage)s” ends with a comment.") % {"stage": deal.stage}
    undone = waiting(deal)
    if undone:
        said = ", ".join(str(item) for item in undone)
        return _("To pass the stage “%(stage)s” there is still to be done: %(items)s.") % {
            "stage": deal.stage, "items": said
        }  # fmt: skip
    return ""


def waiting(deal: Deal) -> list[StageItem]:
    """Return the lines of its stage's checklist that must be done to pass and are not: tick or task (R142)."""
    items = deal.stage.items.filter(is_active=True, is_required=True)
    done = Q(position=None, pk__in=deal.ticks.values("item"))
    posted = items.filter(position__isnull=False)
    is_open = [tasks.item_of(origin) for origin in tasks.open_origins(deal.pk)] if posted else []
    return list(items.exclude(done).exclude(Q(position__isnull=False) & ~Q(pk__in=is_open)))


def enter(
    deals: Sequence[Deal],
    to: Mapping[int, Stage],
    *,
    by: int | None,
    now: datetime,
    today: date,
    result: StageResult | None = None,
    comments: Mapping[int, str] | None = None,
    is_undo: bool = False,
) -> None:
    """Let locked deals come to stages (by deal): the row of the way, the deal, its tasks; as a set."""
    named = [deal.pk for deal in deals]
    said = comments or {}
    left = StageEntry.objects.filter(deal__in=named, left_at=None)
    left.update(left_at=Greatest(Value(now), "entered_at"))
    for deal in deals:
        deal.stage = to[deal.pk]
        deal.pipeline_id = deal.stage.pipeline_id
        deal.state = deal.stage.kind
        deal.entered_stage_on = today
        deal.version += 1
    Deal.objects.bulk_update(deals, MOVED, batch_size=BATCH)
    entries = [
        StageEntry(
            deal=deal, stage=deal.stage, entered_at=now, by_id=by, result=result,
            comment=said.get(deal.pk, ""), is_undo=is_undo,
        )
        for deal in deals
    ]  # fmt: skip
    StageEntry.objects.bulk_create(entries, batch_size=BATCH)
    tasks.end(named, by=by, now=now, said=_("The stage is over."))
    tasks.begin([deal.pk for deal in deals if deal.is_open], today=today)
