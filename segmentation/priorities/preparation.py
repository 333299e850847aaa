"""What is to be known before a talk: whom to call, what was agreed, what is bought and not, objections (R51, R59)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce

from clients.contacts import cards, seeing
from clients.models import (
    Client,
    Communication,
    Contact,
    ContactPoint,
    Need,
    NeedState,
    Objection,
    PointKind,
    Shipment,
    TypicalObjection,
)
from clients.typology import questionnaire
from clients.typology.questionnaire import Item, Questionnaire
from deals.models import Task
from deals.rows import TaskRow, hydrate
from salescrm.base import automation, sql
from salescrm.base.periods import add_months, month_start
from segmentation.models import CategoryTurnover
from segmentation.priorities.models import Preparation
from segmentation.steps import APP, last_done
from staff.models import Employee

MONTHS = 12
PEOPLE, ENTRIES, TASKS, ORDERS, NEEDS, QUESTIONS, CATEGORIES = 3, 2, 5, 3, 4, 5, 6
HEARD, OBJECTIONS = 3, 10
USUAL_SHARE = 30  # % of the type's buyers: what so many buy is usual, unless a version says otherwise
FEWEST_BUYERS = 5  # of the type, and of a category: of fewer nothing is said to be usual
REACHED_BY = (PointKind.PHONE, PointKind.WHATSAPP, PointKind.TELEGRAM, PointKind.MAX)


@dataclass(frozen=True)
class Bought:
    """A category the client bought, and its part of what it bought."""

    name: str
    amount: Decimal
    share: Decimal


@dataclass(frozen=True)
class Missing:
    """A category usual for the type that the client did not buy: how many of the type do, and for how much each."""

    name: str
    share: Decimal
    usual: Decimal


@dataclass
class Goods:
    """What a client buys within twelve months, and what clients of its type buy besides."""

    since: date | None = None
    bought: list[Bought] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    of_type: int = 0


@dataclass
class Prepared:
    """Everything the panel says."""

    client: Client
    people: list[cards.Person]
    is_masked: bool
    sees_contacts: bool
    may_work: bool
    said: Sequence[Communication]
    tasks: list[TaskRow]
    orders: Sequence[Shipment]
    goods: Goods
    asked: Questionnaire
    needs: Sequence[Need]
    heard: Sequence[Objection]
    objections: Sequence[TypicalObjection]
    looked: Preparation | None

    @property
    def questions(self) -> list[Item]:
        """The first questions nobody has an answer to."""
        return self.asked.missing[:QUESTIONS]

    @property
    def more_questions(self) -> int:
        """How many more there are."""
        return max(len(self.asked.missing) - QUESTIONS, 0)

    @property
    def parameters(self) -> list[Item]:
        """The key parameters that are known."""
        return [one for one in self.asked.parameters if one.is_known]


def read(person: Employee, client: Client, today: date) -> Prepared:
    """Read it for a person who sees the client; whose phones are shown is counted (R21)."""
    may_work = seeing.changes(person, client, today)
    sees = seeing.sees_contacts(person)
    open_ones = Task.objects.visible_to(person, today).open().filter(client=client).order_by("due_on", "pk")
    said = Communication.objects.filter(client=client).valid().select_related("contact", "result", "author")
    needs = Need.objects.filter(contact__client=client, contact__left_on=None).exclude(state=NeedState.CLOSED)
    heard = Objection.objects.filter(contact__client=client, contact__left_on=None).exclude(helped=True)
    return Prepared(
        client=client,
        people=whom_to_call(person, client, today, is_masked=not may_work) if sees else [],
        is_masked=not may_work,
        sees_contacts=sees,
        may_work=may_work,
        said=list(said.order_by("-day", "-pk")[:ENTRIES]),
        tasks=hydrate(list(open_ones.values_list("pk", flat=True)[:TASKS]), person, today),
        orders=list(Shipment.objects.of_client(client).filter(day__lte=today).order_by("-day", "-pk")[:ORDERS]),
        goods=goods(client),
        asked=questionnaire.of_client(client),
        needs=list(needs.select_related("contact", "category").order_by("-noted_on", "-pk")[:NEEDS]) if sees else [],
        heard=list(heard.select_related("contact").order_by("-noted_on", "-pk")[:HEARD]) if sees else [],
        objections=list(TypicalObjection.objects.for_client(client)[:OBJECTIONS]),
        looked=Preparation.objects.filter(client=client, person=person, day=today).first(),
    )


def whom_to_call(
    person: Employee, client: Client, today: date, *, is_masked: bool, most: int = PEOPLE
) -> list[cards.Person]:
    """Return the people to call, who decides first, with the ways to speak with them that still work."""
    contacts = Contact.objects.filter(client=client, left_on=None).select_related("level")
    chosen = sorted(contacts, key=cards.importance)[:most]
    living = ContactPoint.objects.filter(client=client, dead_on=None, kind__in=REACHED_BY)
    lines = cards.lines_of(living.filter(contact__in=chosen), is_masked=is_masked)
    people = [cards.Person(one, lines.get(one.pk, [])) for one in chosen]
    if not is_masked:
        shown = [one.contact.pk for one in people if one.contact and one.points]
        seeing.count_seen(person, client, shown, today, own=True)
    return people


def goods(client: Client) -> Goods:
    """Return what the client buys and what others of its type buy besides, by the last night; nothing before one."""
    night = last_done("turnover")
    if night is None:
        return Goods()
    since = add_months(month_start(night), -MONTHS)
    own = amounts(client, since)
    total = sum((amount for amount in own.values() if amount > 0), Decimal(0))
    bought = [Bought(name, amount, amount / total) for (_pk, name), amount in own.items() if amount > 0]
    bought.sort(key=lambda one: (-one.amount, one.name))
    found = Goods(since, bought[:CATEGORIES])
    if client.segment_id:
        fewest = automation.number("fewest-buyers", FEWEST_BUYERS, night)
        share = automation.number("usual-share", USUAL_SHARE, night)
        parameters = {"segment": client.segment_id, "from_month": since, "fewest": fewest}
        rows = sql.rows(APP, "find_usual_categories", parameters)
        found.of_type = rows[0]["of_type"] if rows else 0
        found.missing = usual_missing(
            rows, {pk for (pk, _name), amount in own.items() if amount > 0}, fewest=fewest, share=share
        )
    return found


def amounts(client: Client, since: date) -> dict[tuple[int, str], Decimal]:
    """Return net turnover by category; goods of no known category are left aside."""
    rows = CategoryTurnover.objects.filter(legal_entity__client=client, month__gte=since, category__isnull=False)
    summed = rows.order_by().values("category", "category__name").annotate(sum=Coalesce(Sum("amount"), Decimal(0)))
    return {(row["category"], row["category__name"]): row["sum"] for row in summed}


def usual_missing(rows: list[dict[str, Any]], own: set[int], *, fewest: int, share: int) -> list[Missing]:
    """Return what `share` % of the type's buyers buy and this one does not, what most buy first."""
    if not rows or rows[0]["of_type"] < fewest:
        return []
    found = [
        Missing(row["name"], Decimal(row["buyers"]) / row["of_type"], row["amount"] / row["buyers"])
        for row in rows
        if row["category"] not in own and row["buyers"] * 100 >= row["of_type"] * share
    ]
    return found[:CATEGORIES]
