"""The last weeks of the sample company: the nights are run one by one, and the head works off what they ask for.

The first night finds years of silence nobody looked at: its hand-overs become one approval list. The head approves it
in parts, refuses some with a reason, archives those who bought once for themselves and leaves a few to be decided.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pghistory
from django.db import connection, transaction

from clients.models import Client
from salescrm import nightly
from salescrm.base import periods
from segmentation.models import CaseState, ClientState, Exclusion, TopOverride, ZeroCase
from segmentation.steps import hand_over
from staff.access import Role
from staff.models import Employee

NIGHTS = 42
MOST_ARCHIVED_TURNOVER = 14_000  # roubles of the one purchase
LEFT_TO_DECIDE = 12
REFUSALS = (
    "Договор продлён, заказ ждём в следующем месяце",
    "Сезонный клиент: покупает перед летом",
    "Ведёт руководитель отдела лично",
    "Компания переезжает, закупки возобновит позже",
    "Задержка по нашей вине, вопрос решается",
)
ARCHIVED = "Разовая покупка для себя"
TAKEN_IN = "Подписан договор на год, заказы ежемесячно"


def live(until: date, say: Callable[[str], None]) -> None:
    """Run the nights up to `until`; after some of them the head decides, as a person does on the morning after."""
    head = Employee.objects.filter(role=Role.HOS, is_active=True).earliest("pk")
    mornings = {0: _archive_one_time, 1: _approve_most, 2: _refuse_some, 4: _approve_rest, 9: _take_into_top}
    first = until - timedelta(days=NIGHTS - 1)
    _analyze()
    for number, day in enumerate(periods.days(first, until + timedelta(days=1))):
        nightly.run(day)
        if number in mornings:
            with transaction.atomic(), pghistory.context(user=head.pk):
                mornings[number](day + timedelta(days=1), head)
        if number in (0, 5):
            _analyze()
        if day.weekday() == 6:
            say(f"nights run up to {day}")


def _proposals() -> list[ZeroCase]:
    """Return what waits for approval and has a receiver, the largest first."""
    open_list = ZeroCase.objects.to_decide().filter(to_owner__isnull=False)
    return list(open_list.order_by("-turnover", "client"))


def _approve_most(today: date, head: Employee) -> None:
    cases = _proposals()
    _approve(cases[: len(cases) * 7 // 10], today, head)


def _refuse_some(today: date, head: Employee) -> None:
    """Refuse every fourth of what is left: half of them until they buy, the others for a month."""
    for number, case in enumerate(_proposals()[::4]):
        reason = REFUSALS[number % len(REFUSALS)]
        Exclusion.objects.create(
            client_id=case.client_id,
            starts_on=today,
            until=periods.add_months(today, 1) if number % 2 else None,
            last_purchase_on=case.silent_since,
            reason=reason,
            author=head,
        )
        case.state, case.closed_on, case.closed_by = CaseState.REFUSED, today, head
        case.why = case.why | {"reason": reason}
        case.save(update_fields=["state", "closed_on", "closed_by", "why"])


def _archive_one_time(today: date, head: Employee) -> None:
    """Archive by hand who bought once, little, and is silent."""
    once = ClientState.objects.filter(status__in=["zero", "lost"], purchases=1).values("client")
    small = Client.objects.filter(pk__in=once, standing__turnover__lt=MOST_ARCHIVED_TURNOVER)
    small.update(archived_on=today, archive_reason=ARCHIVED)


def _approve_rest(today: date, head: Employee) -> None:
    _approve(_proposals()[:-LEFT_TO_DECIDE], today, head)


def _approve(cases: list[ZeroCase], today: date, head: Employee) -> None:
    hand_over.accept(cases, as_of=today - timedelta(days=1), night=None, author=head.pk)


def _take_into_top(today: date, head: Employee) -> None:
    """Put one good buyer on the TOP list by hand."""
    buyers = Client.objects.filter(standing__top=False, standing__life_cycle="active", standing__abc="B")
    client = buyers.order_by("-standing__turnover", "pk").first()
    if client is not None:
        TopOverride.objects.create(
            client=client,
            is_in=True,
            starts_on=today,
            until=periods.add_months(today, 6),
            reason=TAKEN_IN,
            author=head,
        )


def _analyze() -> None:
    """Tell the planner what was filled: a night over tables it knows nothing of takes twenty times as long."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
