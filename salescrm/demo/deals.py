"""Open deals of the sample company: what the rules ask for, spread over the stages of a living board.

Every client has its deal by the rule; those whose order is near have gone some stages on, some of them too slowly. A
few new, potential and TOP clients have a deal of their pipelines besides, a few a claim.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Greatest, Round

from clients.models import Client, LifeCycle, Ownership, ShipmentLine, Standing
from deals.claims import actions as claims
from deals.claims.models import ClaimCause, ClaimKind
from deals.dealing import actions, following, stages
from deals.dealing.models import Deal
from deals.pipelines.models import Pipeline, Purpose, Stage

NEAR_DAYS = 12  # an order expected so soon is being worked already
MOST_DAYS = 9  # the longest a deal stands in its stage
OPENED_DAYS = 21  # how long ago it was opened
BESIDES: tuple[tuple[Purpose, dict[str, object], int, str], ...] = (  # purpose, of which clients, how many, about what
    (Purpose.SECOND_SALE, {"life_cycle": LifeCycle.NEW}, 9, "Вторая закупка"),
    (Purpose.CONTRACT, {"life_cycle": LifeCycle.POTENTIAL}, 8, "Договор поставки"),
    (Purpose.DEVELOPMENT, {"top": True}, 14, "Новая товарная группа"),
    (Purpose.CLAIM, {"life_cycle": LifeCycle.ACTIVE}, 4, "Пересорт в поставке"),
)


def write(until: date) -> None:
    """Open what the rules ask for on the day after `until` and bring part of it on; nothing without pipelines."""
    if not Pipeline.objects.exists():
        return
    write_scripts()
    today = until + timedelta(days=1)
    following.cure(today=today, now=moment(today))
    with transaction.atomic():
        for purpose, who, most, title in BESIDES:
            _open(purpose, who, most, title, today)
        turnover = Subquery(Standing.objects.filter(client=OuterRef("client")).values("turnover"))
        Deal.objects.open().update(amount=Greatest(Round(turnover / Value(Decimal(12)), -2), Value(Decimal(1200))))
        _bring_on(today)
        _register(today)


CLAIMS = (  # kind, what happened, what the client wants
    ("wrong-goods", "Вместо белых полотенец пришли кремовые", "replacement"),
    ("shortage", "В двух коробках не хватает 12 халатов", "rework"),
    ("quality", "Распускается край у 30 полотенец", "refund"),
    ("damage", "Порвана упаковка, часть товара в пыли", "discount"),
)


def _register(today: date) -> None:
    """Write down what the clients complain of; two of the claims are answered and decided."""
    kinds = {one.code: one for one in ClaimKind.objects.all()}
    cause = ClaimCause.objects.order_by("order").first()
    deals = Deal.objects.open().filter(pipeline__purpose=Purpose.CLAIM).select_related("client", "owner").order_by("pk")
    for number, (deal, (code, happened, wish)) in enumerate(zip(deals, CLAIMS, strict=False)):
        Deal.objects.filter(pk=deal.pk).update(title=f"{kinds[code].name}: {happened.lower()}")
        bought = ShipmentLine.objects.filter(
            shipment__legal_entity__client=deal.client, shipment__total__gt=0, shipment__day__lte=deal.opened_on
        ).select_related("shipment", "product")
        line = bought.order_by("-shipment__day", "-shipment", "position").first()
        goods: dict[str, Any] = {"shipment": line.shipment, "product": line.product} if line else {}
        claim = claims.register(
            client=deal.client, kind=kinds[code], happened=happened, owner=deal.owner, deal=deal, wish=wish, **goods,
            submission=UUID(int=3_000_000 + number), acting_user=deal.owner, now=moment(deal.opened_on),
        )  # fmt: skip
        if number < 2 and cause:
            claim = claims.answer(claim=claim, seen=claim.version, acting_user=deal.owner, now=moment(today))
            claims.decide(
                claim=claim, cause=cause, decision="Отправили недостающее за наш счёт", cost=Decimal(1800),
                seen=claim.version, acting_user=deal.owner, now=moment(today),
            )  # fmt: skip


SCRIPTS: tuple[tuple[str, dict[str, Any], str], ...] = (  # stage, for whom, what is said
    (
        "shipment-need", {"is_top": True},
        ("Готовим резерв под вас на сезон. Какие позиции держать и в каком объёме?\n"
        "Назвать условия TOP: резерв, срок отгрузки, личный менеджер.\nПредложить товар из белых пятен."),
    ),
    (
        "shipment-need", {"life_cycle": LifeCycle.ZERO},
        ("Вы давно не заказывали, и я хочу понять, что изменилось. Что сейчас берёте и у кого?\n"
        "Выслушать причину, не спорить.\nПредложить пробную партию."),
    ),
)  # fmt: skip


def write_scripts() -> None:
    """Say something else to TOP and to zero clients where the ready pipelines are; written once."""
    known = Stage.objects.in_bulk([code for code, _who, _text in SCRIPTS], field_name="code")
    for place, (code, who, text) in enumerate(SCRIPTS, 1):
        if code in known:
            known[code].scripts.get_or_create(**who, defaults={"order": place, "text": text})


def moment(day: date) -> datetime:
    """Return the morning of a day."""
    return datetime.combine(day, time(7), tzinfo=UTC)


def _open(purpose: Purpose, who: dict[str, object], most: int, title: str, today: date) -> None:
    pipeline = Pipeline.objects.filter(purpose=purpose).first()
    if pipeline is None:
        return
    standing = {f"standing__{name}": value for name, value in who.items()}
    there = Client.objects.present().filter(**standing).order_by("-standing__turnover", "pk")
    chosen = list(there[: most * 3 : 3])
    now = Ownership.objects.filter(client__in=chosen, ends_on=None).select_related("owner")
    owners = {one.client_id: one.owner for one in now}
    for client in chosen:
        owner = owners[client.pk]
        expected_on = today + timedelta(days=14 + client.pk % 30)
        actions.open_deal(
            client=client, pipeline=pipeline, title=title, owner=owner, acting_user=owner, today=today,
            now=moment(today), expected_on=expected_on,
        )  # fmt: skip


def _bring_on(today: date) -> None:
    """Let the deals whose day is near have come to later stages some days ago, as their numbers say."""
    near = Deal.objects.open().filter(expected_on__lte=today + timedelta(days=NEAR_DAYS))
    besides = Deal.objects.open().exclude(pipeline__purpose__in=[Purpose.SHIPMENT, Purpose.RECOVERY])
    found = list((near | besides).distinct().select_related("pipeline").order_by("pk"))
    Deal.objects.filter(pk__in=[deal.pk for deal in found]).update(opened_on=today - timedelta(days=OPENED_DAYS))
    open_ones: dict[int, list[Stage]] = defaultdict(list)
    for stage in Stage.objects.offered().open().order_by("order", "pk"):
        open_ones[stage.pipeline_id].append(stage)
    by_day: dict[int, list[Deal]] = defaultdict(list)
    to: dict[int, Stage] = {}
    for place, deal in enumerate(found):
        ways = open_ones[deal.pipeline_id]
        to[deal.pk] = ways[place % len(ways)]
        by_day[place * 7 % MOST_DAYS].append(deal)
        deal.opened_on = today - timedelta(days=OPENED_DAYS)
    for ago, deals in by_day.items():
        day = today - timedelta(days=ago)
        moved = [deal for deal in deals if to[deal.pk].pk != deal.stage_id]
        stages.enter(moved, to, by=None, now=moment(day), today=day)
