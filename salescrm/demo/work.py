"""What the sample company's managers have written about their clients, and what they have to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from clients.models import SPOKEN, Client, Communication, CommunicationResult, Contact, Ownership
from deals.models import Priority, Task, TaskKind, TaskState
from staff.calendar import Calendar, head_office

WORKED = ("new", "active", "zero", "potential")
DAYS_BACK = 130
TALKED = 0.85  # share of worked clients somebody has spoken with
PLANNED = 0.75  # share of those with a next task
SAID = {  # kind → how often, and what was said with which result
    "call": (
        60,
        (
            ("agreed", "Договорились о заказе на следующую неделю", "Выслать счёт на футболки, 300 шт."),
            ("agreed", "Остатки есть, вернёмся к заказу после инвентаризации", "Созвониться после инвентаризации"),
            ("agreed", "Обсудили новую коллекцию, интересны толстовки", "Отправить образцы толстовок"),
            ("thinking", "Сравнивает цены, просит скидку на объём", ""),
            ("informed", "Рассказала про акцию на постельное бельё", ""),
            ("call_later", "Закупщик в отпуске, просит набрать позже", ""),
            ("not_reached", "Не берут трубку", ""),
            ("refused", "В этом месяце закупки закрыты", ""),
        ),
    ),
    "letter": (
        22,
        (
            ("informed", "Отправлен прайс и наличие на складе", ""),
            ("agreed", "Прислали заявку, счёт выставлен", ""),
            ("thinking", "Коммерческое предложение по спецодежде отправлено", ""),
        ),
    ),
    "meeting": (
        8,
        (
            ("agreed", "Встреча в офисе клиента: показали образцы", "Подготовить договор на год"),
            ("thinking", "Встреча с директором, решение через две недели", ""),
        ),
    ),
    "video": (4, (("agreed", "Видеозвонок с дизайнером: утвердили макет", "Запустить пробную партию"),)),
    "note": (
        6,
        (
            ("", "Решение принимает собственник, звонить до обеда", ""),
            ("", "Склад переезжает, отгрузки на новый адрес", ""),
        ),
    ),
}
TODO = (  # kind, what is to be done, how often
    (TaskKind.CALL, "Позвонить: узнать остатки и потребность", 30),
    (TaskKind.CALL, "Договориться о следующем заказе", 25),
    (TaskKind.LETTER, "Отправить обновлённый прайс", 15),
    (TaskKind.QUOTE, "Подготовить предложение по новой коллекции", 12),
    (TaskKind.MEETING, "Встретиться, показать образцы", 8),
    (TaskKind.DOCUMENT, "Получить подписанный договор", 10),
)
OVERDUE, TODAY = 5, 6  # tasks of each manager that are late, and of today, at most


@dataclass
class Worked:
    """A client and who works it."""

    client: int
    owner: int
    bought_on: date | None
    top: bool
    contact: int | None = None
    last: date | None = None
    agreed: str = ""


@dataclass
class Made:
    """The rows to be written."""

    entries: list[Communication] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


@transaction.atomic
def write(until: date) -> None:
    """Write entries of the last months and tasks around the day after `until`: two bulk inserts."""
    chance = Random("work")  # noqa: S311  # a sample, no secret
    today, calendar = until + timedelta(days=1), head_office()
    made = Made()
    worked = list(_worked())
    results = CommunicationResult.objects.in_bulk(field_name="code")
    for one in worked:
        if chance.random() < TALKED:
            made.entries += _entries(one, chance, until, calendar, results)
    _plan(worked, made, chance, today, calendar)
    with pghistory.context(job="demo"):
        Communication.objects.bulk_create(made.entries, batch_size=1_000)
        Task.objects.bulk_create(made.tasks, batch_size=1_000)


def _worked() -> Iterator[Worked]:
    owner = Ownership.objects.filter(ends_on__isnull=True, client=OuterRef("pk")).values("owner")[:1]
    contacts = dict(Contact.objects.filter(left_on__isnull=True).order_by("-pk").values_list("client", "pk"))
    rows = Client.objects.present().filter(standing__life_cycle__in=WORKED).annotate(owned_by=Subquery(owner))
    columns = ("pk", "owned_by", "standing__last_purchase_on", "standing__top")
    for pk, owned_by, bought, top in rows.order_by("pk").values_list(*columns):
        yield Worked(pk, owned_by, bought, top, contacts.get(pk))


def _entries(
    one: Worked, chance: Random, until: date, calendar: Calendar, results: dict[str, CommunicationResult]
) -> list[Communication]:
    """One to four entries of a client, the last of them within the norm for most."""
    made: list[Communication] = []
    back = chance.randint(1, 25 if one.top else 80)
    for _n in range(chance.choice((1, 1, 2, 2, 3) if not one.top else (2, 3, 4))):
        day = until - timedelta(days=back)
        while not calendar.is_working(day):
            day -= timedelta(days=1)
        kind = chance.choices(list(SAID), [often for often, _said in SAID.values()])[0]
        code, text, agreed = chance.choice(SAID[kind][1])
        result = results.get(code)
        is_spoken = kind in SPOKEN and result is not None and result.is_reached
        if not made:
            one.last, one.agreed = day, agreed
        made.append(
            Communication(
                client_id=one.client,
                contact_id=None if kind == "note" else one.contact,
                kind=kind,
                way="in" if chance.random() < 0.2 else "out",
                is_connected=is_spoken,
                is_two_way=is_spoken,
                day=day,
                time=time(chance.randint(9, 17), chance.choice((0, 10, 15, 25, 30, 40, 50))),
                author_id=one.owner,
                result=result,
                text=text,
                agreements=agreed,
                submission=UUID(int=chance.getrandbits(128), version=4),
            )
        )
        back += chance.randint(9, 45)
        if back > DAYS_BACK:
            break
    return made


def _plan(worked: list[Worked], made: Made, chance: Random, today: date, calendar: Calendar) -> None:
    """Give most clients a next task; each manager has a few that are late and a few of today; some are done."""
    late: dict[int, int] = {}
    now: dict[int, int] = {}
    for one in worked:
        if one.last is None or chance.random() > PLANNED:
            continue
        kind, title = chance.choices([todo[:2] for todo in TODO], [todo[2] for todo in TODO])[0]
        more: dict[str, Any] = {"kind": kind, "title": one.agreed or title}
        draw = chance.random()
        if draw < 0.2 and late.get(one.owner, 0) < OVERDUE:
            late[one.owner] = late.get(one.owner, 0) + 1
            more["due_on"] = today - timedelta(days=chance.randint(1, 9))
        elif draw < 0.5 and now.get(one.owner, 0) < TODAY:
            now[one.owner] = now.get(one.owner, 0) + 1
            more |= {"due_on": today, "due_time": time(chance.randint(10, 17), 0) if chance.random() < 0.4 else None}
        elif draw > 0.85:
            more |= _done(one, chance, today)
        else:
            more["due_on"] = calendar.on_or_after(today + timedelta(days=chance.randint(1, 60)))
        priority = Priority.HIGH if one.top and chance.random() < 0.3 else Priority.NORMAL
        who = {"client_id": one.client, "assignee_id": one.owner, "author_id": one.owner}
        made.tasks.append(Task(**who, priority=priority, **more))


def _done(one: Worked, chance: Random, today: date) -> dict[str, Any]:
    """A task that was done on one of the last days."""
    day = today - timedelta(days=chance.randint(1, 20))
    at = timezone.make_aware(datetime.combine(day, time(chance.randint(10, 17), 30)))
    closed = {"state": TaskState.DONE, "closed_at": at, "closed_by_id": one.owner}
    return closed | {"due_on": day, "result": "Сделано, клиент ответил"}
