"""What a change of a pipeline or a stage would do to open deals, shown before it is saved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from deals.contracts.models import Contract
from deals.dealing.models import Deal, DealLine, DealTick
from deals.offers.models import Offer
from deals.pipelines.models import Asked, Pipeline, Stage

LACKS: dict[Asked, Q] = {
    Asked.AMOUNT: Q(amount=0),
    Asked.EXPECTED_ON: Q(expected_on=None),
    Asked.CONTACT: Q(contact=None),
    Asked.LEGAL_ENTITY: Q(legal_entity=None),
    Asked.ORDER_NUMBER: Q(order_number=""),
}


@dataclass(frozen=True)
class Effect:
    """What a change of a stage means for its open deals on a day."""

    deals: int
    late_now: int
    late_then: int
    lacking: list[tuple[Asked, int]]  # fields asked for anew, and how many deals have them not
    undone: int  # deals in which a line of the checklist that must be done from now on is not

    @property
    def is_felt(self) -> bool:
        """Say whether any open deal is touched."""
        return self.late_now != self.late_then or any(count for _asked, count in self.lacking) or self.undone > 0


def of_stage(stage: Stage, norm: int | None, asks: Collection[str], required: Collection[int], today: date) -> Effect:
    """Say what another norm, other fields asked for and other required lines mean for the deals of a stage.

    `stage`: as it is stored; `required`: lines of its checklist that must be done from now on and did not before.
    """
    deals = Deal.objects.open().filter(stage=stage.pk)
    fresh = [Asked(one) for one in asks if one not in stage.asks]
    undone = deals.exclude(pk__in=_all_ticked(required)).count() if required else 0
    return Effect(
        deals.count(),
        late(deals, stage.norm_days, today),
        late(deals, norm, today),
        [(one, deals.filter(lacks(one)).count()) for one in fresh],
        undone,
    )


def lacks(asked: Asked) -> Q:
    """Return the condition of deals that have a field not."""
    if asked in LACKS:
        return LACKS[asked]
    rows = {
        Asked.LINES: DealLine.objects.filter(deal=OuterRef("pk")),
        Asked.OFFER: Offer.objects.filter(deal=OuterRef("pk"), sent_at__isnull=False),
        Asked.CONTRACT: Contract.objects.filter(deal=OuterRef("pk"), signed_on__isnull=False),
    }
    return ~Q(Exists(rows[asked]))


def late(deals: QuerySet[Deal], norm: int | None, today: date) -> int:
    """Count the deals that stand in their stage longer than a norm."""
    return 0 if norm is None else deals.filter(entered_stage_on__lt=today - timedelta(days=norm)).count()


def _all_ticked(required: Collection[int]) -> list[int]:
    ticked: dict[int, int] = {}
    for deal in DealTick.objects.filter(item__in=required).values_list("deal", flat=True):
        ticked[deal] = ticked.get(deal, 0) + 1
    return [deal for deal, count in ticked.items() if count == len(required)]


@dataclass(frozen=True)
class PipelineEffect:
    """What a change of a pipeline means for its open deals on a day."""

    deals: int
    foreign: int  # deals of clients of types it would not be for
    told_now: int  # deals the head is told of
    told_then: int

    @property
    def is_felt(self) -> bool:
        """Say whether any open deal is touched."""
        return self.foreign > 0 or self.told_now != self.told_then


def of_pipeline(
    pipeline: Pipeline, segments: Collection[int], escalates_after: int | None, today: date
) -> PipelineEffect:
    """Say what other types and another term of escalation mean for the deals of a pipeline as it is stored."""
    deals = Deal.objects.open().filter(pipeline=pipeline.pk)
    foreign = deals.exclude(client__segment__in=segments).count() if segments else 0
    stages = list(Stage.objects.open().filter(pipeline=pipeline.pk, norm_days__isnull=False))
    return PipelineEffect(
        deals.count(), foreign, _told(deals, stages, pipeline.escalates_after, today),
        _told(deals, stages, escalates_after, today),
    )  # fmt: skip


def _told(deals: QuerySet[Deal], stages: list[Stage], after: int | None, today: date) -> int:
    if after is None or not stages:
        return 0
    over = Q()
    for stage in stages:
        over |= Q(stage=stage.pk, entered_stage_on__lt=today - timedelta(days=(stage.norm_days or 0) + after))
    return deals.filter(over).count()
