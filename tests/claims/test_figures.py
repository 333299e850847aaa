"""Figures of claims: by one thing at a time, of a period, beside the documents of the same part (R193)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Category, Client, Direction, Ownership, Product, Segment
from deals.claims import figures
from deals.claims.figures import Line
from deals.claims.models import Claim
from deals.dealing.models import Deal
from staff.models import Employee
from tests import make
from tests.claims.scene import cause, kind, made
from tests.clients.types import make_types
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]
SINCE = date(2026, 1, 1)


@pytest.fixture
def goods() -> Product:
    direction = Direction.objects.create(code="home", name="Дом")
    category = Category.objects.create(name="Полотенца", direction=direction)
    return Product.objects.create(source=make.source(), code="p", name="Полотенце", category=category)


@pytest.fixture
def client(people: People, today: date, goods: Product) -> Client:
    """A client with four documents in the period, of which one has the product, one return, one document before."""
    make_types()
    found = make.client("Принт-Хаус", people["csm"], segment=Segment.objects.get(code="agency"), since=date(2025, 1, 1))
    make.shipment(found, date(2025, 12, 31), 100, product=goods)
    for month in (1, 2, 3):
        make.shipment(found, date(2026, month, 10), 100)
    make.shipment(found, date(2026, 4, 10), 100, product=goods)
    make.shipment(found, date(2026, 4, 11), -100, product=goods)
    return found


def opened(claim: Claim, day: date) -> Claim:
    Deal.objects.filter(pk=claim.deal_id).update(opened_on=day)
    return claim


def decided(claim: Claim, days: int, cost: int, person: Employee) -> None:
    claim.refresh_from_db()
    Claim.objects.filter(pk=claim.pk).update(
        decided_on=claim.deal.opened_on + timedelta(days=days), decided_by=person, cause=cause(), decision="Замена",
        answered_on=claim.deal.opened_on, cost=cost, decision_due_on=claim.deal.opened_on + timedelta(days=5),
        answer_due_on=claim.deal.opened_on,
    )  # fmt: skip


def table(person: Employee, by: str, since: date = SINCE, until: date = TODAY) -> tuple[dict[str, Line], Any]:
    clients = Client.objects.visible_to(person, TODAY)
    lines, whole = figures.table(Claim.objects.visible_to(person, TODAY), clients, by, since, until)
    return {line.name: line for line in lines}, whole


def test_days_share_of_documents_and_repeats(client: Client, people: People, goods: Product) -> None:
    csm, other = people["csm"], make.client("Второй", people["csm"])
    make.shipment(other, date(2026, 5, 5), 100)
    first = opened(made(client, csm, product=goods), date(2026, 2, 1))
    again = opened(made(client, csm), date(2026, 3, 1))
    opened(made(client, csm, kind=kind(), happened="x"), date(2025, 6, 1))  # before the period
    opened(made(other, csm), date(2026, 3, 1))
    for claim, days, cost in ((first, 4, 100), (again, 9, 50)):
        decided(claim, days, cost, csm)
    lines, whole = table(people["hos"], "client")
    mine: Any = lines["Принт-Хаус"]
    assert (mine.claims, mine.open, mine.days, mine.in_time, mine.repeated, mine.cost) == (
        2, 2, Decimal("6.5"), Decimal("0.5"), 1, 150
    )  # fmt: skip
    assert (mine.documents, mine.share) == (4, Decimal("0.5"))
    second: Any = lines["Второй"]
    assert (second.share, second.days, second.in_time) == (1, None, None)
    assert (whole.claims, whole.documents, whole.cost, whole.days) == (3, 5, 150, Decimal("6.5"))
    for by, expected in {
        "product": {"Полотенце": (1, 1), "": (2, None)},
        "direction": {"Дом": (1, 1), "": (2, None)},
        "kind": {str(kind()): (3, 5)},
        "month": {"02.2026": (1, 1), "03.2026": (2, 1)},
        "responsible": {"Testov Csm": (3, 5)},
    }.items():
        lines, again_whole = table(people["hos"], by)
        assert ({name: (line.claims, line.documents) for name, line in lines.items()}, again_whole) == (expected, whole)


def test_documents_are_of_who_had_the_client_that_day(client: Client, people: People) -> None:
    Ownership.objects.filter(client=client).update(ends_on=date(2026, 3, 1))
    Ownership.objects.create(client=client, owner=people["csh"], starts_on=date(2026, 3, 1), reason="manual")
    made(client, people["csm"])
    made(client, people["csh"])
    lines, whole = table(people["hos"], "responsible")
    assert ({line.documents for line in lines.values()}, whole.documents) == ({2}, 4)


@pytest.mark.parametrize(
    ("query", "claims"),
    [
        ({}, 2),
        ({"since": "2026-03-01", "until": "2026-03-01"}, 1),
        ({"since": "2026-03-02", "until": "2026-07-16"}, 0),
        ({"since": "2026-07-16", "until": "2026-03-01"}, 2),
        ({"since": "31.02.2026", "until": "0001-01-01"}, 2),
    ],
)
def test_the_page_keeps_the_period_and_its_numbers_open_their_claims(
    browser_of: Browsers, client: Client, people: People, query: dict[str, Any], claims: int
) -> None:
    for month in (2, 3):
        opened(made(client, people["csm"]), date(2026, month, 1))
    csm = browser_of("csm")
    page = csm.get(reverse("deals:claim-figures"), query | {"by": "type"})
    assert page.context["whole"].claims == claims
    for _line, address in [*page.context["lines"], (page.context["whole"], page.context["whole_url"])]:
        assert len(csm.get(address).context["claims"]) == claims
    book = csm.get(reverse("deals:claim-figures"), query | {"by": "type", "form": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(book.content)).active
    assert sheet is not None
    assert [row[1] for row in list(sheet.values)[2:]] == [line.claims for line, _url in page.context["lines"]] + [
        claims
    ]


def test_nobody_counts_what_he_does_not_see(browser_of: Browsers, client: Client, people: People) -> None:
    made(client, people["csm"])
    stranger = browser_of("bdm_key").get(reverse("deals:claim-figures"), {"by": "client"})
    assert (stranger.context["lines"], stranger.context["whole"].documents) == ([], 0)
    assert browser_of("operator").get(reverse("deals:claim-figures"), {"form": "xlsx"}).status_code == 403
