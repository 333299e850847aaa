"""Turnover by direction and category on the card: what is summed, in which order, of which months (R15)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from clients.models import Category, Client, Direction
from segmentation import goods
from segmentation.models import CategoryTurnover, MonthlyTurnover
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 7, 1)


@pytest.fixture
def client(people: dict[str, Employee], today: date) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM])


def bought(client: Client, month: date, amount: int, category: Category | None = None) -> None:
    entity = client.legal_entities.get()
    CategoryTurnover.objects.create(legal_entity=entity, month=month, category=category, amount=amount)


def told(client: Client) -> list[tuple[Any, ...]]:
    return [
        (one.name, one.now, one.before, [part.name for part in one.parts]) for one in goods.by_direction(client, UNTIL)
    ]


def test_it_sums_twelve_months_against_the_twelve_before(client: Client) -> None:
    textile = Direction.objects.create(code="textile", name="Текстиль")
    shirts = Category.objects.create(name="Футболки", direction=textile)
    caps = Category.objects.create(name="Кепки", direction=textile)
    for month, amount in ((date(2024, 6, 1), 7), (date(2024, 7, 1), 10), (date(2025, 6, 1), 30), (date(2026, 7, 1), 5)):
        bought(client, month, amount, shirts)
    bought(client, date(2025, 7, 1), 50, shirts)
    bought(client, date(2026, 6, 1), 100, caps)
    bought(client, date(2026, 6, 1), 20)
    assert told(client) == [("Текстиль", 150, 40, ["Кепки", "Футболки"]), ("", 20, 0, [])]
    direction, rest = goods.by_direction(client, UNTIL)
    assert (round(direction.share or 0, 3), direction.change, rest.change) == (Decimal("0.882"), Decimal("2.75"), None)
    assert direction.parts[1].change == Decimal("0.25")


@pytest.mark.parametrize(
    ("amounts", "share", "change"),
    [((0, 10), None, Decimal(-1)), ((-5, 10), None, Decimal("-1.5")), ((10, 0), Decimal(1), None), ((10, -5), 1, None)],
)
def test_shares_and_changes_of_nothing_are_not_told(
    client: Client, amounts: tuple[int, int], share: Any, change: Any
) -> None:
    category = Category.objects.create(name="Сумки")
    bought(client, date(2026, 6, 1), amounts[0], category)
    bought(client, date(2025, 6, 1), amounts[1], category)
    (one,) = goods.by_direction(client, UNTIL)
    assert (one.share, one.change) == (share, change)


def test_the_panel_shows_it_and_only_to_who_sees_the_client(browser_of: Any, client: Client) -> None:
    shirts = Category.objects.create(name="Футболки", direction=Direction.objects.create(code="t", name="Текстиль"))
    bought(client, date(2026, 6, 1), 1000, shirts)
    MonthlyTurnover.objects.create(legal_entity=client.legal_entities.get(), month=date(2026, 6, 1), amount=1000)
    url = reverse("segmentation-panels:turnover", args=[client.pk])
    page = browser_of(Role.CSM).get(url).content.decode()
    assert "Текстиль" in page
    assert "Футболки" in page
    assert browser_of(Role.BDM_KEY).get(url).status_code == 404
