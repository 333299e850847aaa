"""The people of the sample company's clients: who decides and who buys, how to reach them, what they need and object.

All numbers lie in ranges no operator gives out and all addresses under `.example`, so nobody real is called or written
to. The stream of random numbers is this module's own: the rest of the company does not move with it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from django.db.models import OuterRef, Subquery

from clients.contacts.rules import FAILED_ATTEMPTS
from clients.models import (
    Argument,
    Client,
    ClientCriterion,
    Contact,
    DecisionLevel,
    Need,
    NeedState,
    Objection,
    Ownership,
    SupplierCriterion,
    TypicalObjection,
)
from salescrm.base import names, sql

Point = dict[str, Any]

BATCH = 5_000  # rows of one statement: the history triggers read them once more
HOW_MANY = ((0, 9), (1, 48), (2, 28), (3, 11), (4, 4))
PHONE_CODES = (903, 905, 909, 910, 911, 912, 916, 919, 921, 922, 925, 926, 929, 931, 950, 960, 964, 981, 985, 999)
CITY_CODES = {
    "Санкт-Петербург": "812", "Москва": "495", "Великий Новгород": "8162", "Псков": "8112", "Петрозаводск": "8142",
    "Мурманск": "8152", "Архангельск": "8182", "Вологда": "8172", "Калининград": "4012", "Екатеринбург": "343",
    "Челябинск": "351", "Новосибирск": "383", "Тверь": "4822", "Тула": "4872", "Рязань": "4912", "Воронеж": "473",
    "Ярославль": "4852", "Владимир": "4922", "Калуга": "4842", "Нижний Новгород": "831", "Казань": "843",
    "Самара": "846", "Краснодар": "861", "Ростов-на-Дону": "863",
}  # fmt: skip
MEN = (
    "Александр", "Алексей", "Андрей", "Антон", "Артём", "Вадим", "Виктор", "Владимир", "Дмитрий", "Евгений", "Игорь",
    "Илья", "Кирилл", "Константин", "Максим", "Михаил", "Николай", "Олег", "Павел", "Роман", "Сергей", "Юрий",
)  # fmt: skip
WOMEN = (
    "Александра", "Алёна", "Анастасия", "Анна", "Валентина", "Вера", "Виктория", "Галина", "Дарья", "Екатерина",
    "Елена", "Инна", "Ирина", "Ксения", "Людмила", "Марина", "Мария", "Надежда", "Наталья", "Ольга", "Светлана",
    "Татьяна", "Юлия",
)  # fmt: skip
FATHERS = (
    "Александров", "Алексеев", "Андреев", "Борисов", "Викторов", "Владимиров", "Дмитриев", "Иванов", "Михайлов",
    "Николаев", "Олегов", "Павлов", "Петров", "Сергеев", "Юрьев",
)  # fmt: skip
SURNAMES = (
    "Абрамов", "Баранов", "Белов", "Беляев", "Богданов", "Борисов", "Васильев", "Виноградов", "Волков", "Воробьёв",
    "Гаврилов", "Герасимов", "Голубев", "Григорьев", "Громов", "Гусев", "Давыдов", "Данилов", "Денисов", "Егоров",
    "Ершов", "Жуков", "Зайцев", "Захаров", "Зимин", "Ильин", "Калинин", "Карпов", "Киселёв", "Комаров", "Королёв",
    "Котов", "Крылов", "Кудрявцев", "Лапин", "Макаров", "Маслов", "Медведев", "Миронов", "Назаров", "Новиков",
    "Осипов", "Панов", "Поляков", "Родионов", "Рябов", "Савельев", "Семёнов", "Соболев", "Сорокин", "Степанов",
    "Суханов", "Тарасов", "Тихонов", "Третьяков", "Фёдоров", "Фомин", "Чернов", "Шестаков", "Щербаков", "Яковлев",
)  # fmt: skip
POSTS = (  # position, part in the decision, level, how often
    ("Директор", "decides", "director", 26),
    ("Собственник", "decides", "owner", 12),
    ("Начальник отдела закупок", "decides", "purchasing_head", 10),
    ("Коммерческий директор", "influences", "commercial_head", 8),
    ("Менеджер по закупкам", "buys", "buyer", 24),
    ("Снабженец", "buys", "buyer", 8),
    ("Начальник производства", "uses", None, 8),
    ("Технолог", "influences", None, 5),
    ("Бухгалтер", "influences", "finance", 7),
    ("Офис-менеджер", "gate", "assistant", 8),
    ("", "", None, 6),
)
NEEDS = (
    "Футболки под печать, стабильный белый и чёрный", "Толстовки к осени, нужны большие размеры",
    "Запас на нашем складе под срочные тиражи", "Кепки под вышивку, 10 цветов", "Махровые полотенца под логотип",
    "Отсрочка 30 дней", "Образцы новых цветов до запуска каталога", "Рубашки-поло для корпоративного заказа",
    "Отгрузка день в день", "Пошив под своей маркой", "Постельное бельё для гостиниц", "Скатерти и салфетки",
)  # fmt: skip
OBJECTIONS = (
    ("У конкурента дешевле", "Сравнили плотность и усадку: при равной плотности цена наша ниже"),
    ("Не всегда есть нужные размеры", "Резервируем размеры по графику заказов"),
    ("Нужна отсрочка", "С третьего заказа даём 14 дней"),
    ("Далеко забирать", ""),
    ("Уже работаем с другим поставщиком", "Предложили быть вторым поставщиком на срочные заказы"),
    ("Садится после стирки", ""),
)
ARGUMENTS = (
    "Наличие на складе в день заказа", "Один цвет от партии к партии", "Менеджер сам напоминает о заказе",
    "Образцы бесплатно", "Доставка до двери",
)  # fmt: skip
PATTERNS = (
    "Закупки собирают заявки до 20 числа, директор подписывает за два дня.",
    "Решает собственник единолично, сравнивает три предложения.",
    "Тендер раз в квартал, до 100 тысяч закупщик решает сам.",
    "Технолог утверждает образец, потом закупки торгуются о цене.",
)
DEAD = {
    "phone": ("Номер не обслуживается", "Отвечает другой человек"),
    "email": ("Письмо вернулось: ящика нет", "Ящик переполнен"),
}


@dataclass
class Numbers:
    """Phone numbers nobody has, each once."""

    last: Iterator[int]

    def mobile(self) -> str:
        """Return the next one: the three figures after the code begin with two zeros, which is given to nobody."""
        n = next(self.last)
        return f"+7{PHONE_CODES[n % len(PHONE_CODES)]}{n // 10_000:03d}{n * 7919 % 10_000:04d}"

    def of_city(self, city: str) -> str:
        """Return the next one of a city."""
        code = CITY_CODES.get(city, "812")
        return f"+7{code}{next(self.last):0{10 - len(code)}d}"


def write(chance: Random, until: date) -> None:
    """Write people, their phones and addresses and what is noted of them, for all clients at once."""
    owners = Ownership.objects.filter(ends_on__isnull=True, client=OuterRef("pk")).values("owner")[:1]
    clients = list(Client.objects.order_by("pk").annotate(owner=Subquery(owners)))
    levels = DecisionLevel.objects.in_bulk(field_name="code")
    numbers = Numbers(count(1))
    made: list[Contact] = []
    points: list[Point] = []
    namesakes: Counter[str] = Counter()
    for client in clients:
        page = _page(client.name_key.replace(" ", "-") or "client", namesakes)
        people = [_person(client, levels, until, chance) for _ in range(_pick(chance, HOW_MANY))]
        made += [one for n, one in enumerate(people) if one.name not in [other.name for other in people[:n]]]
        points += _company(client, page, numbers, chance)
    Contact.objects.bulk_create(made, batch_size=BATCH)
    pages = {one["client_id"]: one["value"] for one in points if one["kind"] == "site"}
    for contact in made:
        points += _reach(contact, pages[contact.client_id], numbers, until, chance)
    sql.run("roof", "fill_contact_points", {"points": json.dumps(_unique(points), default=str)})
    _notes(made, until, chance)
    _deciding(clients, chance)


def _page(host: str, namesakes: Counter[str]) -> str:
    """Return a site nobody else has: firms of one name are not one firm."""
    namesakes[host] += 1
    return f"{host}{'' if namesakes[host] == 1 else namesakes[host]}.example"


def _pick(chance: Random, table: tuple[tuple[Any, ...], ...]) -> Any:
    row = chance.choices(table, [one[-1] for one in table])[0]
    return row[0] if len(row) == 2 else row


def _person(client: Any, levels: dict[str, DecisionLevel], until: date, chance: Random) -> Contact:
    is_woman = chance.random() < 0.52
    surname, father = chance.choice(SURNAMES), chance.choice(FATHERS)
    first = chance.choice(WOMEN if is_woman else MEN)
    name = f"{surname}{'а' if is_woman else ''} {first} {father}{'на' if is_woman else 'ич'}"
    position, role, level, _often = _pick(chance, POSTS)
    age = chance.choices([0, 1, 2], [62, 26, 12])[0]  # verified lately, long ago, never
    days = chance.randint(0, 170) if age == 0 else chance.randint(200, 700)
    verified = max(until - timedelta(days=days), client.created_on) if age < 2 else None
    return Contact(
        client=client,
        name=name,
        name_key=names.key(name),
        position=position,
        role=role,
        level=levels.get(level) if level else None,
        preferred=chance.choice(["", "", "phone", "email", "telegram", "whatsapp"]),
        birthday=_birthday(chance),
        data_consent_on=verified if chance.random() < 0.7 else None,
        mailing_consent_on=verified if chance.random() < 0.5 else None,
        verified_on=verified,
        verified_by_id=client.owner if verified else None,
        left_on=until - timedelta(days=chance.randint(10, 300)) if chance.random() < 0.05 else None,
        created_on=client.created_on,
    )


def _birthday(chance: Random) -> date | None:
    day = date(1962, 1, 1) + timedelta(days=chance.randint(0, 40 * 365))
    return day if chance.random() < 0.45 else None


def _point(client: int, contact: int | None, kind: str, value: str) -> Point:
    return {
        "client_id": client, "contact_id": contact, "kind": kind, "value": value,
        "failed_attempts": 0, "is_doubtful": False, "dead_on": None, "dead_reason": "", "dead_by_id": None,
    }  # fmt: skip


def _company(client: Client, page: str, numbers: Numbers, chance: Random) -> Iterator[Point]:
    if chance.random() < 0.6:
        yield _point(client.pk, None, "phone", numbers.of_city(client.city))
    if chance.random() < 0.4:
        yield _point(client.pk, None, "email", f"info@{page}")
    yield _point(client.pk, None, "site", page)


def _reach(contact: Contact, page: str, numbers: Numbers, until: date, chance: Random) -> Iterator[Point]:
    phone = numbers.mobile()
    found = [("phone", phone)] if chance.random() < 0.92 else []
    found += [("email", f"{contact.name_key.partition(' ')[0]}@{page}")] if chance.random() < 0.65 else []
    found += [(chance.choice(["telegram", "whatsapp", "max"]), phone)] if chance.random() < 0.3 else []
    for kind, value in found:
        point = _point(contact.client_id, contact.pk, kind, value)
        if kind in DEAD and chance.random() < 0.05:
            point["dead_on"] = max(until - timedelta(days=chance.randint(1, 200)), contact.created_on)
            point["dead_reason"], point["dead_by_id"] = chance.choice(DEAD[kind]), contact.verified_by_id
        elif kind == "phone":
            point["failed_attempts"] = chance.choices([0, 1, 2, 3], [85, 8, 4, 3])[0]
            point["is_doubtful"] = point["failed_attempts"] >= FAILED_ATTEMPTS
        yield point


def _unique(points: list[Point]) -> list[Point]:
    """Keep the first of two equal ones of a client: namesakes of one firm have one address."""
    first = {(one["client_id"], one["kind"], one["value"]): one for one in reversed(points)}
    return list(first.values())[::-1]


def _notes(people: list[Contact], until: date, chance: Random) -> None:
    """Note needs, objections and arguments of some who decide or buy."""
    needs, objections, arguments = [], [], []
    library = list(TypicalObjection.objects.filter(sphere=None, segment=None).order_by("order", "pk"))
    for contact in people:
        if contact.left_on or contact.role not in ("decides", "buys", "influences"):
            continue
        by = contact.verified_by_id
        day = max(until - timedelta(days=chance.randint(1, 250)), contact.created_on)
        noted: dict[str, Any] = {"contact": contact, "noted_on": day, "noted_by_id": by}
        if chance.random() < 0.22:
            state = chance.choices(NeedState.values, [60, 25, 15])[0]
            moved = {"state_on": until, "state_by_id": by} if state != NeedState.OPEN else {}
            explicit = chance.random() < 0.7
            needs.append(Need(text=chance.choice(NEEDS), is_explicit=explicit, state=state, **moved, **noted))
        if chance.random() < 0.14:
            text, answer = chance.choice(OBJECTIONS)
            told = {"answer": answer, "answered_on": day, "answered_by_id": by} if answer else {}
            objections.append(Objection(text=text, **told, **noted))
        if chance.random() < 0.1:
            arguments.append(Argument(text=chance.choice(ARGUMENTS), **noted))
        if library and chance.random() < 0.2:
            known = chance.choices(library, range(len(library), 0, -1))[0]
            told = {"answer": known.answer, "answered_on": day, "answered_by_id": by}
            helped = chance.choices([True, False, None], [45, 25, 30])[0]
            objections.append(Objection(text=known.text, known=known, helped=helped, **told, **noted))
    Need.objects.bulk_create(needs, batch_size=BATCH)
    Objection.objects.bulk_create(objections, batch_size=BATCH)
    Argument.objects.bulk_create(arguments, batch_size=BATCH)


def _deciding(clients: list[Any], chance: Random) -> None:
    """Say of some clients how they decide and what matters to them in a supplier."""
    criteria = list(SupplierCriterion.objects.order_by("pk"))
    told = [client for client in clients if chance.random() < 0.12]
    for client in told:
        client.decision_pattern = chance.choice(PATTERNS)
    Client.objects.bulk_update(told, ["decision_pattern"], batch_size=BATCH)
    ClientCriterion.objects.bulk_create(
        ClientCriterion(client=client, criterion=one, place=place)
        for client in told
        for place, one in enumerate(chance.sample(criteria, chance.randint(1, 4)), start=1)
    )
