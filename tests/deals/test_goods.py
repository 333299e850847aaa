"""Goods of a deal: products found by name or code, the price of the last shipment, the link kept while editing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from clients.models import Client, Product
from deals.dealing import goods
from deals.dealing.models import Deal
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
HEAD = {"lines-TOTAL_FORMS": 2, "lines-INITIAL_FORMS": 0}


@pytest.fixture
def csm(browser_of: Callable[[str], Browser], today: date) -> Browser:
    return browser_of("csm")


@pytest.fixture
def client(people: dict[str, Employee]) -> Client:
    return make.client("Принт-Хаус", people["csm"], standing={"life_cycle": "active"})


@pytest.fixture
def deal(client: Client, people: dict[str, Employee]) -> Deal:
    return make.deal(client, people["csm"], TODAY)


def product(code: str, name: str) -> Product:
    return Product.objects.create(source=make.source(), code=code, name=name)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("поло", ["Поло белое", "Футболка-поло"]),
        ("ПОЛО белое", ["Поло белое"]),
        ("белое поло", ["Поло белое"]),
        ("gjkj", ["Поло белое", "Футболка-поло"]),
        ("b-20", ["Кружка"]),
        ("нет такого", []),
        ("%", []),
        ("поло_", []),
        ("", []),
    ],
)
def test_products_are_found_by_words_of_the_name_and_by_code(client: Client, typed: str, found: list[str]) -> None:
    product("A-1", "Поло белое")
    product("A-2", "Футболка-поло")
    product("B-20", "Кружка")

    assert [one.name for one in goods.find(client, typed)] == found


def test_what_the_client_buys_is_offered_first_and_alone_where_nothing_is_typed(client: Client) -> None:
    product("A-1", "Поло белое")
    own = product("A-2", "Поло чёрное")
    make.shipment(client, TODAY, 100, product=own)

    assert [one.code for one in goods.find(client, "поло")] == ["A-2", "A-1"]
    assert goods.find(client, "") == [own]


def test_the_last_price_is_of_the_last_sale_to_this_client(client: Client, people: dict[str, Employee]) -> None:
    polo, mug = product("A-1", "Поло"), product("A-2", "Кружка")
    other = make.client("Другой", people["csm"])
    make.shipment(client, TODAY - timedelta(30), 90, number="7", product=polo)
    make.shipment(client, TODAY - timedelta(10), 100, number="8", product=polo)
    make.shipment(client, TODAY - timedelta(1), -100, number="9", product=polo)
    make.shipment(other, TODAY, 5, number="10", product=polo)

    found = goods.last_prices(client, [polo.pk, mug.pk])

    assert found == {polo.pk: goods.LastPrice(Decimal("100.00"), "8", TODAY - timedelta(10))}


def test_prices_of_many_products_are_read_at_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = [product(f"A-{n}", f"Поло {n}") for n in range(30)]
    with django_assert_num_queries(1):
        goods.last_prices(client, [one.pk for one in many])


def line(n: int = 0, **fields: Any) -> dict[str, Any]:
    return {f"lines-{n}-{name}": value for name, value in fields.items()}


@pytest.mark.parametrize(
    ("sent", "name", "price"),
    [
        ({}, "Поло", Decimal(100)),
        ({"price": "80"}, "Поло", Decimal(80)),
        ({"price": "0"}, "Поло", Decimal(0)),
        ({"name": "Поло с вышивкой"}, "Поло с вышивкой", Decimal(100)),
    ],
)
def test_a_product_gives_its_name_and_the_last_price_where_none_is_typed(
    csm: Browser, client: Client, deal: Deal, sent: dict[str, Any], name: str, price: Decimal
) -> None:
    polo = product("A-1", "Поло")
    make.shipment(client, TODAY, 100, product=polo)

    told = HEAD | {"seen": deal.version} | line(product=polo.pk, **sent)
    assert csm.post(reverse("deals:deal-lines", args=[deal.pk]), told).status_code == 302

    made = deal.lines.get()
    assert (made.product, made.name, made.price) == (polo, name, price)


def test_words_alone_are_goods_too_and_the_link_is_kept_by_the_next_edit(csm: Browser, deal: Deal) -> None:
    polo = product("A-1", "Поло")
    url = reverse("deals:deal-lines", args=[deal.pk])
    told = HEAD | {"seen": deal.version} | line(product=polo.pk, price="5") | line(1, name="Печать", price="7")
    assert csm.post(url, told).status_code == 302

    forms = csm.get(url).context["formset"].forms[:2]
    assert [form["product"].value() for form in forms] == [polo.pk, None]
    assert f'value="{polo.pk}" selected' in str(forms[0]["product"])
    deal.refresh_from_db()
    assert deal.amount == 12


@pytest.mark.parametrize("sent", ["999999", "x", "99999999999999999999"])
def test_a_product_that_is_none_changes_nothing(csm: Browser, deal: Deal, sent: str) -> None:
    told = HEAD | {"seen": deal.version} | line(product=sent, price="5")
    assert csm.post(reverse("deals:deal-lines", args=[deal.pk]), told).status_code == 422
    assert not deal.lines.exists()


def test_the_picker_says_where_the_price_is_from(csm: Browser, client: Client, deal: Deal) -> None:
    polo = product("A-1", "Поло")
    make.shipment(client, TODAY, 100, number="77", product=polo)

    (found,) = csm.get(reverse("deals:deal-products", args=[deal.pk]), {"q": "gjkj"}).json()

    assert (found["value"], found["text"], found["price"]) == (polo.pk, "Поло", "100.00")
    assert "77" in found["sub"]
