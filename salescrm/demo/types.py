"""What the sample company knows of its clients' types: answers, signs, parameters, who set the type; versions.

A random stream of its own: figures of clients and documents do not depend on it; the types came with the clients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db.models import OuterRef, Subquery

from clients.models import (
    Answer,
    AnswerType,
    Client,
    DevelopmentNeed,
    Ownership,
    Parameter,
    Question,
    Readiness,
    Segment,
    Sign,
    TypeChoice,
    TypeDecision,
    TypologyVersion,
)
from clients.typology import actions
from clients.typology.catalogue import Catalogue
from staff.models import Employee

DAYS = 150  # the regrouping began so many days before the end
SLOWEST, FASTEST = 0.55, 0.97  # share of clients a manager has regrouped
DIFFERENT = 0.008  # of them with another type than the signs suggest
UNDECIDED = 6  # of those wait for the head
PURPOSES = {
    "ad_agency": ("Ведём рекламные кампании клиентов, тираж отдаём подрядчику", "Для креативных промоакций заказчиков"),
    "ad_production": ("Печатаем на футболках под заказ, 300–500 штук в месяц", "Вышивка логотипов, своё оборудование"),
    "workwear_production": ("Пошив спецодежды, футболки берём в комплект", "Сами производим костюмы, поло добавляем"),
    "workwear_wholesale": ("Продаём спецодежду оптом по региону", "Мы дилер средств защиты, нужны футболки и поло"),
    "workwear_retail": ("У нас два магазина спецодежды",),
    "trade_wholesale": ("Закупаем для перепродажи, по 1000 штук", "Мы оптовики, работаем с рынками"),
    "trade_retail": ("Розничный магазин, нужен ходовой ассортимент", "Выкладываем на полку, два отдела"),
    "trade_chain": ("Сеть магазинов по области",),
    "trade_internet": ("Торгуем через интернет, нужны фото и остатки", "Продаём на маркетплейсах"),
    "trade_other": ("Ритуальные услуги",),
    "souvenir_prints": ("Делаем сувениры со своими принтами", "Дизайнерские футболки малыми тиражами"),
    "event_agency": ("Под мероприятие, 200 футболок к фестивалю",),
    "consumer": ("Для себя, несколько штук", "В подарок друзьям"),
    "end_buyer": ("Для сотрудников, форма на сезон", "Команде на турнир"),
    "horeca": ("Форма для ресторана", "Для гостиницы: полотенца и халаты"),
}
REASONS = (
    "Сменили направление, по прежним признакам судить нельзя",
    "Говорил с директором: основная работа другая",
    "На сайте старое описание",
)
RETURNED = "Позвоните ещё раз: признаки говорят о другом"
SCALES = ("Крупный заказ — от 500 изделий, мелкий — до 50", "Обычно 100–200 штук, крупный от 300 тыс. руб.")
DECISIONS = {
    "ad_agency": "Менеджер проекта выбирает, аккаунт-директор согласует бюджет",
    "ad_production": "Начальник производства определяет изделие, директор или собственник — цену и отсрочку",
    "workwear_wholesale": "Закупщик категории, условия утверждает коммерческий директор",
    "trade_wholesale": "Собственник решает сам, закупщик готовит сравнение цен",
    "trade_internet": "Контент-менеджер подбирает, собственник утверждает",
    "end_buyer": "Завхоз или отдел закупок; цена согласуется с директором",
}


@dataclass(frozen=True)
class Known:
    """A client as the regrouping found it."""

    pk: int
    segment: int
    code: str
    sphere: int
    created_on: date
    owner: Employee


@dataclass
class Typist:
    """Makes answers and choices; knows the typology and how fast each manager is."""

    catalogue: Catalogue
    chance: Random
    until: date
    pace: dict[int, float]

    def day(self, client: Known) -> date:
        """Draw a day since the client is known."""
        first = max(client.created_on, self.until - timedelta(days=DAYS))
        return first + timedelta(days=self.chance.randint(0, max((self.until - first).days, 0)))

    def signs(self, segment: int) -> list[Sign]:
        """Draw up to two signs of a segment."""
        rows = self.catalogue.signs.get(segment, [])
        return self.chance.sample(rows, min(len(rows), 2))

    def value(self, parameter: Parameter, client: Known) -> Any:
        """Draw a parameter's value that fits the client's type."""
        kind = parameter.answer_type
        if kind in (AnswerType.YES_NO, AnswerType.YES_NO_NONCORE):
            return "no" if parameter.yes_segment_id not in (None, client.segment) else "yes"
        if kind == AnswerType.INTEGER:
            return self.chance.randint(1, 12)
        if kind == AnswerType.TEXT:
            return self.chance.choice(SCALES)
        rows = self.catalogue.choices[parameter.choice_list_id]
        own = [one.pk for one in rows if one.segment_id == client.segment]
        fitting = own or [one.pk for one in rows if one.segment_id is None]
        if not fitting:
            return None
        return sorted(self.chance.sample(fitting, min(3, len(fitting)))) if kind == "multi" else fitting[0]


def fill(seed: int, until: date, staff: dict[str, Employee]) -> None:
    """Write answers and choices for most clients, the head's decisions, two versions of the typology."""
    catalogue = Catalogue.read()
    _versions(staff["hos"], until)
    chance = Random(f"{seed}:types")  # noqa: S311  # a sample, no secret
    people = {one.pk: one for one in sorted(staff.values(), key=lambda one: one.pk)}
    typist = Typist(catalogue, chance, until, {pk: chance.uniform(SLOWEST, FASTEST) for pk in people})
    common = Question.objects.get(segment=None)
    answers: list[Answer] = []
    choices: list[TypeChoice] = []
    for client in _clients(people):
        if chance.random() < typist.pace[client.owner.pk]:
            said = _choice(typist, client)
            choices.append(said)
            answers += _answers(typist, client, common, said)
    Answer.objects.bulk_create(answers, batch_size=2000)
    TypeChoice.objects.bulk_create(choices, batch_size=2000)
    _decide([one for one in choices if one.differs], staff["csh"], until)


def _clients(people: dict[int, Employee]) -> Iterator[Known]:
    now = Ownership.objects.filter(ends_on__isnull=True, client=OuterRef("pk"))
    columns = ("pk", "segment", "segment__code", "segment__sphere", "created_on", "owner")
    rows: Any = Client.objects.filter(segment__isnull=False).annotate(owner=Subquery(now.values("owner")[:1]))
    for pk, segment, code, sphere, created_on, owner in rows.order_by("pk").values_list(*columns):
        yield Known(pk, segment, code, sphere, created_on, people[owner])


def _choice(typist: Typist, client: Known) -> TypeChoice:
    """The type the client has; now and then the signs speak for another one of the sphere."""
    near = [one.pk for one in typist.catalogue.offered if one.sphere_id == client.sphere and one.pk != client.segment]
    others = [one for one in near if len(typist.catalogue.signs.get(one, [])) > 1]
    differs = bool(others) and typist.chance.random() < DIFFERENT
    suggested = typist.chance.choice(others) if differs else client.segment
    reason = typist.chance.choice(REASONS) if differs else ""
    return TypeChoice(
        client_id=client.pk, segment_id=client.segment, suggested_id=suggested, reason=reason, differs=differs,
        author=client.owner, day=typist.day(client),
    )  # fmt: skip


def _answers(typist: Typist, client: Known, common: Question, said: TypeChoice) -> Iterator[Answer]:
    """What was said and seen on the day the type was set; the choice keeps the signs as its reasons."""
    told: dict[str, Any] = {"client_id": client.pk, "author": client.owner, "day": said.day}
    if not said.differs:
        yield Answer(question=common, value=typist.chance.choice(PURPOSES[client.code]), **told)
    for sign in typist.signs(said.suggested_id or client.segment):
        said.because.append(f"признак: {sign.text}")
        yield Answer(sign=sign, value=True, **told)
    for parameter in [] if said.differs else typist.catalogue.parameters.get(client.sphere, []):
        value = typist.value(parameter, client)
        if value is not None and typist.chance.random() < 0.75:
            yield Answer(parameter=parameter, value=value, **told)


def _decide(differing: list[TypeChoice], head: Employee, until: date) -> None:
    """Let the head decide about all but the last few; every fourth is returned."""
    decided = sorted(differing, key=lambda one: (one.day, one.client_id))[:-UNDECIDED]
    TypeDecision.objects.bulk_create(
        TypeDecision(
            choice=one, agreed=bool(n % 4), note="" if n % 4 else RETURNED, author=head,
            day=min(one.day + timedelta(days=1), until),
        )
        for n, one in enumerate(decided)
    )  # fmt: skip


def _versions(head: Employee, until: date) -> None:
    """Publish the typology as it came, then with levels of decision making and what is there of the needs."""
    if TypologyVersion.objects.exists():
        return
    first = until - timedelta(days=DAYS)
    actions.publish(effective_from=first, comment="Типология по приложению № 1", acting_user=head)
    for code, text in DECISIONS.items():
        Segment.objects.filter(code=code, decisions="").update(decisions=text)
    for remainder, state in enumerate((Readiness.HAVE, Readiness.PARTLY)):
        rows = [one.pk for one in DevelopmentNeed.objects.all() if one.pk % 3 == remainder]
        DevelopmentNeed.objects.filter(pk__in=rows).update(state=state, owner=head)
    latest = until - timedelta(days=30)
    actions.publish(effective_from=latest, comment="Описаны уровни принятия решений", acting_user=head)
