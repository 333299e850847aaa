"""The last weeks of the sample company: the nights are run one by one, and the head works off what they ask for.

The first night finds years of silence nobody looked at: its hand-overs become one approval list. The head approves it
in parts, refuses some with a reason, archives who bought once for himself, takes one hand-over back and leaves a few.
The managers say why part of their silent clients are silent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

import pghistory
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.timezone import make_aware

from clients.completeness import writing
from clients.duplicates import finding
from clients.models import Client, LossReason, Ownership
from kpi.measures import computing
from salescrm import nightly
from salescrm.base import periods
from salescrm.demo import (
    billing,
    call_reviews,
    changes,
    deals,
    focus,
    help_requests,
    indicators,
    leads,
    meetings,
    offers,
    own_reports,
    papers,
    pay,
    plans,
    programmes,
    special,
    work,
)
from salescrm.demo.store import analyze
from segmentation import actions, archiving, silence
from segmentation.contact_norm import ContactNorm
from segmentation.models import ClientState, LossAnswer, ZeroCase
from staff.access import Role
from staff.models import Employee

NIGHTS = 42
MONTHS_OF_FIGURES = 13  # before the last one: a year to compare with
MOST_ARCHIVED_TURNOVER = 14_000  # roubles of the one purchase
LEFT_TO_DECIDE = 12
REFUSALS = (  # why, and for how many months
    ("Договор продлён, заказ ждём в следующем месяце", 2),
    ("Сезонный клиент: покупает перед летом", 6),
    ("Ведёт руководитель отдела лично", 12),
    ("Компания переезжает, закупки возобновит позже", 3),
    ("Задержка по нашей вине, вопрос решается", 1),
)
ANSWERED = {"zero": 0.7, "lost": 0.45, "active": 0.3}  # share of silent clients whose manager has said why
WHY = (  # reason, what the manager wrote, how often
    ("price", ("", "Нашли дешевле на 10 %", "Просят отсрочку 45 дней, у конкурента она есть"), 28),
    ("no_need", ("", "Сменили направление, текстиль не нужен", "Проект закончился"), 20),
    ("assortment", ("", "Нет нужных цветов и размеров", "Ищут толстовки, у нас мало моделей"), 14),
    ("season", ("", "Закупают перед летом", "Вернутся к осени"), 12),
    ("service", ("", "Задержали поставку, обещали вернуться", "Пересорт в последнем заказе"), 8),
    ("closed", ("", "Компания ликвидирована"), 5),
    ("unknown", ("", "Не берут трубку"), 13),
)
MORNING = time(9, 30)
ARCHIVED = "Разовая покупка для себя"
TAKEN_IN = "Подписан договор на год, заказы ежемесячно"


def live(until: date, say: Callable[[str], None]) -> None:
    """Run the nights up to `until`; after some of them the head decides, as a person does on the morning after."""
    head = Employee.objects.filter(role=Role.HOS, is_active=True).earliest("pk")
    mornings = {
        0: _archive_one_time,
        1: _approve_most,
        2: _refuse_some,
        4: _approve_rest,
        9: _take_into_top,
        12: focus.choose,
        20: _undo_one,
        24: _answer_why,
    }
    first = until - timedelta(days=NIGHTS - 1)
    logging.getLogger("salescrm.night").setLevel(logging.WARNING)  # eight lines a night would hide the log-ins
    analyze()
    # the first norm is in force from the last night on: what was said is written before it, not day by day
    ContactNorm.objects.filter(author=None).update(effective_from=until)
    for number, day in enumerate(periods.days(first, until + timedelta(days=1))):
        if day == until:
            work.write(until)
        nightly.run(day)
        if number in mornings:
            with transaction.atomic(), pghistory.context(user=head.pk):
                mornings[number](day + timedelta(days=1), head)
        if number in (0, 5):
            analyze()
        if day.weekday() == 6:
            say(f"nights run up to {day}")
    focus.write(until)
    programmes.write(until, head)
    papers.write(until)
    leads.write(until)
    deals.write(until)
    offers.write(until)
    billing.write(until)
    plans.write(until, head)
    changes.write(until, head)
    finding.search(until, whole=True)
    writing.write_all(today=until + timedelta(days=1))
    computing.backfill(MONTHS_OF_FIGURES, until)
    meetings.write(until, head)
    own_reports.write(until, head)
    special.write(until)
    call_reviews.write(until)
    help_requests.write(until)
    indicators.write(until)
    pay.write(until)


def _proposals() -> list[ZeroCase]:
    """Return what waits for approval and has a receiver, the largest first."""
    open_list = ZeroCase.objects.to_decide().filter(to_owner__isnull=False)
    return list(open_list.order_by("-turnover", "client"))


def _approve_most(today: date, head: Employee) -> None:
    cases = _proposals()
    actions.approve(cases=cases[: len(cases) * 7 // 10], acting_user=head, today=today)


def _refuse_some(today: date, head: Employee) -> None:
    """Refuse every fourth of what is left, for a month or as long as the reason says."""
    for number, case in enumerate(_proposals()[::4]):
        reason, months = REFUSALS[number % len(REFUSALS)]
        until = periods.add_months(today, months)
        actions.refuse(cases=[case], reason=reason, until=until, acting_user=head, today=today)


def _archive_one_time(today: date, head: Employee) -> None:
    """Archive by hand who bought once, little, and is silent."""
    once = ClientState.objects.filter(status__in=["zero", "lost"], purchases=1).values("client")
    small = Client.objects.filter(pk__in=once, standing__turnover__lt=MOST_ARCHIVED_TURNOVER)
    archiving.archive(
        clients=list(small.values_list("pk", flat=True)),
        reason=LossReason.objects.get(code="no_need"),
        note=ARCHIVED,
        acting_user=head,
        today=today,
        now=make_aware(datetime.combine(today, MORNING)),
    )


def _approve_rest(today: date, head: Employee) -> None:
    """Approve as many as there are places left, but leave some to be decided."""
    receivers = Employee.objects.filter(role=Role.BDM_RECOVERY, recovery_limit__isnull=False)
    load = ZeroCase.objects.in_recovery().exclude(client__standing__life_cycle="archived").count()
    places = sum(person.recovery_limit or 0 for person in receivers) - load
    chosen = _proposals()[: max(places - LEFT_TO_DECIDE, 0)]
    actions.approve(cases=chosen, acting_user=head, today=today)


def _undo_one(today: date, head: Employee) -> None:
    """Take back one hand-over of the night: the manager was about to close a deal."""
    case = ZeroCase.objects.in_recovery().order_by("-handed_on", "-turnover", "client").first()
    if case is not None:
        actions.undo_hand_over(case=case, acting_user=head, today=today, for_days=False)


def _answer_why(today: date, head: Employee) -> None:
    """Let the owners say why part of the silent clients are silent; who was lost long ago is asked less."""
    chance = Random("why")  # noqa: S311  # a sample, no secret
    reasons = LossReason.objects.in_bulk(field_name="code")
    open_ones = Ownership.objects.filter(ends_on__isnull=True, client=OuterRef("pk"))
    asked = Client.objects.filter(silence.ASKED, standing__last_purchase_on__isnull=False).order_by("pk")
    columns = ("pk", "standing__life_cycle", "standing__last_purchase_on", "owner")
    rows: list[tuple[int, str, date, int]] = list(
        asked.annotate(owner=Subquery(open_ones.values("owner")[:1])).values_list(*columns)
    )
    made = []
    for client, life_cycle, bought, owner in rows:
        code, notes = chance.choices(WHY, [weight for *_words, weight in WHY])[0][:2]
        note, day = chance.choice(notes), max(today - timedelta(days=chance.randint(0, 20)), bought)
        if chance.random() < ANSWERED[life_cycle]:
            said = {"reason": reasons[code], "note": note, "author_id": owner, "day": day}
            made.append(LossAnswer(client_id=client, silent_since=bought, **said))
    LossAnswer.objects.bulk_create(made)


def _take_into_top(today: date, head: Employee) -> None:
    """Put one good buyer on the TOP list by hand."""
    buyers = Client.objects.filter(standing__top=False, standing__life_cycle="active", standing__abc="B")
    client = buyers.order_by("-standing__turnover", "pk").first()
    if client is not None:
        until = periods.add_months(today, 6)
        actions.override_top(client=client, is_in=True, until=until, reason=TAKEN_IN, acting_user=head, today=today)
