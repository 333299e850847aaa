"""A labelled set: a company export as Bitrix24 writes it, 20,000 rows, 5 % of them another row in disguise.

Deterministic: the same seed gives the same rows. Firms without a twin are made hard on purpose: their names share
words, some of them all in another order, and a fifth of them share the switchboard of a business centre.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from clients.contacts import points
from clients.models import Client, ContactPoint, LegalEntity, Ownership, OwnershipReason, Standing
from salescrm.base import names
from staff.models import Employee

ROWS = 20_000
SHARE = 0.05
BEGIN = date(2020, 1, 1)
FORMS = ("ООО", "АО", "ИП", "ЗАО", "ПАО", "ТД")
FIRST = [
    "Альфа",
    "Вектор",
    "Гранит",
    "Дельта",
    "Зенит",
    "Ирбис",
    "Каскад",
    "Лидер",
    "Меридиан",
    "Невский",
    "Орион",
    "Парус",
    "Радуга",
    "Север",
    "Титан",
    "Уран",
    "Фаворит",
    "Циклон",
    "Шанс",
    "Эверест",
    "Юпитер",
    "Ямал",
    "Балтика",
    "Волга",
    "Гелиос",
    "Держава",
    "Европа",
    "Жемчуг",
    "Заря",
    "Импульс",
    "Кристалл",
    "Легенда",
    "Магистраль",
    "Нева",
    "Олимп",
    "Премьер",
    "Россия",
    "Сфера",
    "Триумф",
    "Универсал",
    "Формат",
    "Хорс",
    "Центр",
    "Чайка",
    "Штурм",
    "Эталон",
    "Янтарь",
    "Арсенал",
    "Барс",
    "Восход",
]
SECOND = [
    "Текстиль",
    "Принт",
    "Реклама",
    "Спецодежда",
    "Сувенир",
    "Медиа",
    "Дизайн",
    "Полиграф",
    "Трикотаж",
    "Униформа",
    "Снаб",
    "Опт",
    "Торг",
    "Групп",
    "Сервис",
    "Мастер",
    "Студия",
    "Мануфактура",
    "Комплект",
    "Бренд",
    "Промо",
    "Стиль",
    "Ресурс",
    "Логистик",
    "Пошив",
    "Ткани",
    "Футболка",
    "Сумка",
    "Вышивка",
    "Декор",
]
CITIES = [
    "Тверь",
    "Псков",
    "Казань",
    "Омск",
    "Пермь",
    "Самара",
    "Тула",
    "Уфа",
    "Рязань",
    "Калуга",
    "Вологда",
    "Брянск",
    "Орёл",
    "Киров",
    "Чита",
    "Курск",
]


@dataclass(frozen=True)
class Row:
    """One line of the export; `twin` is the number of the line it is in truth."""

    number: int
    name: str
    city: str = ""
    inn: str = ""
    phone: str = ""
    email: str = ""
    site: str = ""
    twin: int | None = None

    def export(self) -> dict[str, str]:
        """Return the line under the captions of the export."""
        return {
            "ID": str(self.number),
            "Название компании": self.name,
            "Рабочий телефон": self.phone,
            "Рабочий e-mail": self.email,
            "Корпоративный сайт": self.site,
            "Реквизит (Россия): ИНН": self.inn,
            "Населенный пункт": self.city,
        }


def inn(number: int) -> str:
    """Return the INN of a firm of this number, its check figure right."""
    figures = [int(figure) for figure in f"78{number:07}"]
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    check = sum(figure * weight for figure, weight in zip(figures, weights, strict=True)) % 11 % 10
    return "".join(map(str, figures)) + str(check)


def firm(number: int, chance: Random) -> Row:
    """Make a firm of its own."""
    first, second = FIRST[number % len(FIRST)], SECOND[number // len(FIRST) % len(SECOND)]
    own = number // (len(FIRST) * len(SECOND))
    third = chance.choice(SECOND) if own else ""
    name = f'{chance.choice(FORMS)} "{" ".join(part for part in (first, second, third) if part)}'
    name += f' {chance.choice(FIRST)}-{own}"' if own else '"'
    host = f"{names.key(first)}-{names.key(second)}-{number}.ru"
    return Row(
        number,
        name,
        city=chance.choice(CITIES) if chance.random() < 0.8 else "",
        inn=inn(number) if chance.random() < 0.7 else "",
        phone=f"+7 (812) {200 + number // 10000:03}-{number // 100 % 100:02}-{number % 100:02}"
        if chance.random() < 0.8
        else "+7 (495) 500-00-00",
        email=f"info@{host}" if chance.random() < 0.6 else "",
        site=host if chance.random() < 0.4 else "",
    )


def bare(name: str) -> str:
    """Return a name without legal form and quotes."""
    return name.partition('"')[2].rstrip('"')


def other_form(row: Row, chance: Random) -> Row:
    """Another legal form, other quotes, capitals."""
    return replace(row, name=f"{bare(row.name).upper()}, {chance.choice(FORMS)}", inn="", phone="", email="", site="")


def other_layout(row: Row, chance: Random) -> Row:
    """Typed with the other keyboard layout."""
    return replace(row, name=names.other_layout(bare(row.name)), inn="", phone="", email="", site="")


def other_alphabet(row: Row, chance: Random) -> Row:
    """Written in Latin letters."""
    return replace(row, name=f"{names.key(bare(row.name)).title()} LLC", inn="", phone="", email="", site="")


def typo(row: Row, chance: Random) -> Row:
    """A letter doubled in the name, the e-mail kept when there is one."""
    plain = bare(row.name)
    at = chance.randrange(3, len(plain) - 1)
    return replace(row, name=f"{plain[:at]}{plain[at]}{plain[at:]}", inn="", phone="", site="")


def other_phone(row: Row, chance: Random) -> Row:
    """Known by a word of its own, with the phone written otherwise."""
    own = f"+7 (812) 9{row.number // 10000:02}-{row.number // 100 % 100:02}-{row.number % 100:02}"
    figures = "".join(letter for letter in own if letter.isdecimal())
    written = chance.choice((f"8{figures[1:]}", f"8 {figures[1:4]} {figures[4:]}", f"+{figures} доб. 12"))
    return replace(row, name=f"Снабжение {row.number}", inn="", phone=written, email="", site="")


def other_site(row: Row, chance: Random) -> Row:
    """Known by a word of its own, with mail and site written otherwise."""
    host = f"office-{row.number}.ru"
    return replace(
        row, name=f"Закупки {row.number}", inn="", phone="", email=f"Info@{host}".upper(), site=f"https://www.{host}/"
    )


Disguise = Callable[[Row, Random], Row]
DISGUISES: tuple[Disguise, ...] = (other_form, other_layout, other_alphabet, typo, other_phone, other_site)


def make_rows(rows: int = ROWS, seed: int = 7) -> list[Row]:
    """Return firms and, after them, their twins in disguise; each disguise as often as the others."""
    chance = Random(seed)  # a set to measure with, no secret
    twins = int(rows * SHARE)
    made = [firm(number, chance) for number in range(1, rows - twins + 1)]
    step = len(made) // twins
    for at in range(twins):
        disguise = DISGUISES[at % len(DISGUISES)]
        number = at * step
        if disguise is other_phone:
            own = f"+7 (812) 9{made[number].number // 10000:02}-{made[number].number // 100 % 100:02}"
            made[number] = replace(made[number], phone=f"{own}-{made[number].number % 100:02}")
        if disguise is other_site:
            host = f"office-{made[number].number}.ru"
            made[number] = replace(made[number], email=f"info@{host}", site=host)
        twin = disguise(made[number], chance)
        made.append(replace(twin, number=rows - twins + at + 1, twin=made[number].number))
    return made


def export_rows(rows: int = ROWS) -> list[dict[str, str]]:
    """Return the lines of the export under their captions, as a file to be imported has them."""
    return [row.export() for row in make_rows(rows)]


def load(rows: list[Row], owner: Employee) -> dict[int, int]:
    """Bring the rows into the base as clients; return the line of each client."""
    clients = Client.objects.bulk_create(
        Client(
            name=row.name, name_key=names.key(row.name), name_sort=names.sort_key(row.name), city=row.city,
            branch=owner.branch, owned_from=BEGIN, created_on=BEGIN,
        )
        for row in rows
    )  # fmt: skip
    pairs = list(zip(clients, rows, strict=True))
    Ownership.objects.bulk_create(
        Ownership(client=client, owner=owner, starts_on=BEGIN, reason=OwnershipReason.FIRST) for client in clients
    )
    Standing.objects.bulk_create(Standing(client=client) for client in clients)
    LegalEntity.objects.bulk_create(
        LegalEntity(client=client, name=row.name, name_key=client.name_key, inn=row.inn) for client, row in pairs
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(client=client, kind=kind, value=value, value_key=points.key(kind, value))
        for client, row in pairs
        for kind, value in (("phone", row.phone), ("email", row.email), ("site", row.site))
        if value
    )
    return {client.pk: row.number for client, row in pairs}
