"""Special and marketing tasks of the sample company: one in full swing, one of marketing, one that is closed."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from clients.models import Client
from deals import actions as tasks
from deals.models import Task
from deals.special import actions
from deals.special.forms import clients_of
from deals.special.models import SpecialKind, SpecialState
from salescrm.demo.deals import moment
from staff.access import Role
from staff.models import Employee

SPECIAL, MARKETING = SpecialKind.SPECIAL, SpecialKind.MARKETING
# kind, name, what is wanted, the result, filter of the clients, begun days ago, lasts days, share done, is closed
GIVEN = (
    (SPECIAL, "Договор на год с каждым ТОР", "Согласовать объём и скидку на год",
     "Подписанный договор или причина отказа", "top=yes", 20, 30, 3, False),
    (MARKETING, "Каталог новой коллекции", "Передать каталог и собрать отзыв",
     "Отзыв: что закажут, чего не хватает", "abc=B&top=no", 10, 21, 4, False),
    (SPECIAL, "Остатки перед сезоном", "Узнать остатки футболок на складе клиента",
     "Остаток в штуках", "abc=A", 60, 25, 2, True),
)  # fmt: skip
SAID = ("Договорились, отправлено письмо с итогом", "Вернётся с ответом после совещания", "Готовы заказать 500 шт.")
MOST = 60


def write(until: date) -> None:
    """Give them, and let their doers have done a part of each."""
    setters = {
        kind: Employee.people.filter(role=role, is_active=True).order_by("pk").first()
        for kind, role in ((SPECIAL, Role.HOS), (MARKETING, Role.MARKETER))
    }
    for kind, name, wanted, result, words, ago, lasts, every, is_closed in GIVEN:
        person = setters[kind] or setters[SPECIAL]
        if person is None:
            continue
        first = until - timedelta(days=ago)
        row = {
            "kind": kind, "name": name, "wanted": wanted, "result_wanted": result, "starts_on": first,
            "ends_on": first + timedelta(days=lasts), "unit": "", "target": None,
        }  # fmt: skip
        few = clients_of(words, person, until).order_by("pk").values("pk")[:MOST]
        choice = actions.chosen(Client.objects.filter(pk__in=few), [])
        if not choice.count:
            continue
        number = uuid5(NAMESPACE_URL, f"special-{name}")
        made = actions.give(
            fields=row, choice=choice, submission=number, acting_user=person, now=moment(first), words=words
        )
        given = Task.objects.filter(special_line__special_task=made).select_related("assignee").order_by("pk")
        for place, task in enumerate(given):
            if place % every == 0:
                day = min(first + timedelta(days=1 + place % lasts), until)
                one, said = Task.objects.filter(pk=task.pk), SAID[place % len(SAID)]
                tasks.finish(tasks=one, result=said, acting_user=task.assignee, now=moment(day))
        if is_closed and made.is_running:
            actions.finish(
                special_task=made, state=SpecialState.CLOSED, reason="Срок вышел, итоги подведены", seen=made.version,
                acting_user=person, now=moment(made.ends_on),
            )  # fmt: skip
