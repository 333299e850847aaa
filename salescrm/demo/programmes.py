"""The sample company's action programmes: made in January, with steps done and planned, quarters reviewed and due."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from clients.models import Category, Client, Ownership
from deals import actions as tasks
from deals.models import Task, TaskKind
from salescrm.base.periods import add_months, month_start
from segmentation.models import CategoryTurnover
from segmentation.priorities.models import StrategicClient
from segmentation.priorities.programmes import actions, reading
from segmentation.priorities.programmes.models import Path, Programme, ProgrammeState, Stage, Verdict
from staff.calendar import head_office
from staff.models import Employee

MOST = 24  # programmes; the other priority clients are named as having none
TO_APPROVE = 3  # of them
ROUND = Decimal(1_000)
PACES = (80, 90, 95, 100, 110, 130, 160)  # what is aimed at, in per cent of what the client buys anyway
AIMS = {
    "all": "Вырастить оборот и закрепить его годовым договором",
    "group": "Продавать больше: «%s», забрать долю у второго поставщика",
    "share": "Стать основным поставщиком: «%s»",
}
STEPS = (
    (TaskKind.MEETING, "Выяснить потребность на год и бюджет закупок", Stage.NEEDS, ""),
    (TaskKind.MEETING, "Согласовать предложение под клиента: ассортимент и сервис", Stage.OFFER, Path.ASSORTMENT),
    (TaskKind.QUOTE, "Передать КП всем, кто принимает решение", Stage.QUOTE, Path.PRICE),
    (TaskKind.MEETING, "Показать образцы недостающей категории", "", Path.CATEGORY),
    (TaskKind.CALL, "Предложить договор с фиксированным объёмом на полгода", "", Path.PARTNERSHIP),
    (TaskKind.CALL, "Обсудить пробный заказ под маркой клиента", "", Path.LABEL),
)
RESULTS = ("Договорились, ждут договор", "Взяли пробную партию", "Просят скидку на объём", "Вернёмся после отпусков")
COMMENTS = {
    Verdict.ON_COURSE: "Идём по плану: держать темп и не терять дату следующей поставки",
    Verdict.BEHIND: "Отстаём: добрать вторым заказом и показать новую категорию",
    Verdict.OUT_OF_REACH: "Закупки заморожены: пересмотреть цель на следующий год",
}
CLOSING = "Объём года выполнен досрочно, договор продлён"


@transaction.atomic
def write(until: date, head: Employee) -> None:
    """Give most clients of the last strategic list a programme and let it live up to the day after `until`."""
    chance, today = Random("programmes"), until + timedelta(days=1)  # noqa: S311  # a sample, no secret
    year: int = StrategicClient.objects.aggregate(last=Max("year"))["last"] or today.year
    entries = StrategicClient.objects.on_list(year).select_related("client__standing").order_by("-score", "pk")
    with pghistory.context(job="demo"):
        for number, entry in enumerate(entries[:MOST]):
            is_new = number < TO_APPROVE
            made_on = today - timedelta(days=2 + 3 * number) if is_new else min(date(year, 1, 20), today)
            made = actions.make(
                client=entry.client,
                aim=_aim(entry.client, date(year, 1, 1), month_start(today), chance),
                is_approved=False,
                acting_user=Ownership.objects.get(client=entry.client, ends_on=None).owner,
                today=made_on,
            )
            if not is_new:
                actions.approve(programme=made, seen=made.mark, acting_user=head, today=made_on)
                made.refresh_from_db()
            _steps(made, chance, made_on, today)
            if not is_new:
                _reviews(made, chance, head, today)
        _close_one(head, today)


def _close_one(head: Employee, today: date) -> None:
    """Close the first programme that has reached its aim."""
    running = Programme.objects.filter(state=ProgrammeState.RUNNING).order_by("pk")
    made = next((one for one in running if reading.turnover_of(one) >= one.aimed), None)
    if made is not None:
        actions.close(programme=made, is_reached=True, closing=CLOSING, acting_user=head, now=_at(today), today=today)


def _aim(client: Client, starts_on: date, this_month: date, chance: Random) -> actions.Aim:
    """Aim at more of everything, at more of what the client buys most, or at a share of what it needs of that."""
    kind, best = chance.choice(("all", "group", "group", "share")), _best(client, this_month)
    part = Decimal(chance.choice(PACES)) / 100
    if kind == "all" or best is None:
        return actions.Aim(AIMS["all"], starts_on, turnover=_round(client.standing.turnover * part))
    category, amount = best
    text, figure = AIMS[kind] % category.name, _round(amount * part)
    if kind == "group":
        return actions.Aim(text, starts_on, category=category.pk, turnover=figure)
    share = Decimal(chance.choice((40, 50, 60))) / 100
    return actions.Aim(text, starts_on, category=category.pk, share=share, need=_round(figure / share))


def _best(client: Client, before: date) -> tuple[Category, Decimal] | None:
    """Return the category the client bought most in twelve months, and for how much."""
    rows = CategoryTurnover.objects.filter(
        legal_entity__client=client, category__isnull=False, month__gte=add_months(before, -12), month__lt=before
    )
    summed = rows.order_by().values("category").annotate(sum=Sum("amount")).order_by("-sum", "category").first()
    if summed is None or summed["sum"] <= 0:
        return None
    return Category.objects.get(pk=summed["category"]), summed["sum"]


def _round(amount: Decimal) -> Decimal:
    return max((amount / ROUND).quantize(Decimal(1)) * ROUND, ROUND)


def _steps(made: Programme, chance: Random, first: date, today: date) -> None:
    """Plan some steps over the year, the cycle first; those of days past are done, but for a few."""
    calendar, count = head_office(), chance.randint(3, len(STEPS))
    apart = (made.ends_on - timedelta(days=40) - first).days // count
    for number, (kind, title, stage, path) in enumerate(STEPS[:count]):
        day = calendar.on_or_after(first + timedelta(days=max(apart, 1) * number + chance.randint(5, 25)))
        step = actions.plan_step(
            programme=made,
            title=title,
            kind=kind,
            due_on=day,
            stage=stage,
            path=path,
            acting_user=made.owner,
            submission=UUID(int=chance.getrandbits(128), version=4),
        )
        if day < today and chance.random() < 0.88:
            done = Task.objects.filter(pk=step.task_id)
            tasks.finish(tasks=done, result=chance.choice(RESULTS), acting_user=made.owner, now=_at(day))


def _reviews(made: Programme, chance: Random, head: Employee, today: date) -> None:
    """Review the quarters that are over some days later; every third programme waits for its last one."""
    ends = [day for day in (add_months(made.starts_on, n) for n in (3, 6, 9, 12)) if day + timedelta(days=6) <= today]
    for place, end in enumerate(ends, start=1):
        if place == len(ends) and chance.random() < 0.33:
            continue
        day = end + timedelta(days=6)
        done = reading.turnover_of(made, before=end) / made.aimed * 4
        is_on_course, is_behind = done >= place * Decimal("0.9"), done >= place * Decimal("0.3")
        verdict = Verdict.ON_COURSE if is_on_course else Verdict.BEHIND if is_behind else Verdict.OUT_OF_REACH
        actions.review(
            programme=made, verdict=verdict, comment=COMMENTS[verdict], acting_user=head, now=_at(day), today=day
        )


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(17, 20)))
