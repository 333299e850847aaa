"""The way through the stages: what passing one asks for, where one may go next, and the row each move leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from deals.dealing import tasks
from deals.dealing.models import Deal, StageEntry
from deals.pipelines.models import Asked, Stage, StageKind, StageResult

BATCH = 1_000
MOVED = ("stage", "state", "entered_stage_on", "closed_on", "loss_reason", "amount", "shipment", "version")


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
    """Return the open stages it may go to: those its stage names, else all later ones (R143)."""
    named = list(deal.stage.next_stages.offered())
    if named:
        return [stage for stage in named if stage.is_open]
    later = Stage.objects.offered().open().filter(pipeline=deal.pipeline_id)
    return [stage for stage in later if (stage.order, stage.pk) > (deal.stage.order, deal.stage.pk)]


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
    return ""


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
