"""The matrix page: sums, shares, movement, and whose rows they are of."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from segmentation import figures, filters
from staff.models import Employee
from tests import make
from tests.segmentation.world import EARLIER, NIGHT, classed, member, nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
URL = "/segmentation/"


@pytest.fixture
def base(people: dict[str, Employee], today: date) -> dict[str, Client]:
    """Five clients in two nights: two of the csm, three of the head of client service."""
    nights()
    made = {name: make.client(name, people["csm"]) for name in ("one", "two")}
    made |= {name: make.client(name, people["csh"]) for name in ("three", "four", "five")}
    classed(made["one"], "AX", 600)
    classed(made["two"], "BX", 100, until=NIGHT)
    classed(made["two"], "AY", 200, since=NIGHT)
    classed(made["three"], "AX", 150, until=NIGHT)
    classed(made["three"], "CZ", 50, since=NIGHT)
    classed(made["four"], "B-", 150, since=NIGHT)
    classed(made["five"], "--", -20, since=NIGHT)
    member(made["one"])
    member(made["three"], left=NIGHT)
    return made


def test_it_sums_to_the_clients_with_a_purchase_in_the_window(base: dict[str, Client]) -> None:
    found = figures.matrix(Client.objects.all(), NIGHT)
    cells = {cell.name: cell.clients for row in found.rows for cell in row.cells if cell.clients}
    assert cells == {"AX": 1, "AY": 1, "B-": 1, "CZ": 1}
    assert found.total.clients == 5
    assert found.without_letters.clients == 1
    assert found.with_letters.turnover == Decimal(1000)
    assert sum(row.total.clients for row in found.rows) + found.without_letters.clients == found.total.clients
    assert sum(row.total.share_of_turnover or 0 for row in found.rows) == 1


def test_it_gives_shares_of_base_and_of_turnover(base: dict[str, Client]) -> None:
    found = figures.matrix(Client.objects.all(), NIGHT)
    cell = found.rows[0].cells[0]
    assert (cell.share_of_base, cell.share_of_turnover, cell.is_top) == (Decimal("0.2"), Decimal("0.6"), True)
    assert found.top == {
        "clients": 1,
        "turnover": Decimal(600),
        "share_of_base": Decimal("0.2"),
        "share_of_turnover": Decimal("0.6"),
    }


def test_it_shows_a_past_night_as_it_was(base: dict[str, Client]) -> None:
    found = figures.matrix(Client.objects.all(), EARLIER)
    assert {c.name: c.clients for row in found.rows for c in row.cells if c.clients} == {"AX": 2, "BX": 1}
    assert found.top["clients"] == 2


def test_it_counts_who_moved_and_how_much_money(base: dict[str, Client]) -> None:
    found = figures.movement(Client.objects.all(), EARLIER, NIGHT)
    moves = {(m.before, m.after): (m.clients, m.money) for _b, line, _t in found.rows for m in line if m.clients}
    assert moves == {
        ("A", "A"): (1, Decimal(0)),
        ("B", "A"): (1, Decimal(100)),
        ("A", "C"): (1, Decimal(-100)),
        ("-", "B"): (1, Decimal(150)),
        ("-", "-"): (1, Decimal(-20)),
    }
    assert (found.up, found.down, found.total.clients) == (2, 1, 5)


@pytest.mark.parametrize("by", ["abc", "xyz", "cell"])
def test_every_cell_of_the_movement_opens_as_many_clients_as_it_counts(base: dict[str, Client], by: str) -> None:
    found = figures.movement(Client.objects.all(), EARLIER, NIGHT, by)
    for before, line, total in found.rows:
        for move in line:
            rows = filters.FILTERS["moved"](f"{EARLIER}:{before}:{NIGHT}:{move.after}:{by}")
            assert Client.objects.filter(pk__in=rows).count() == move.clients
        rows = filters.FILTERS["moved"](f"{EARLIER}:{before}:{NIGHT}:*:{by}")
        assert Client.objects.filter(pk__in=rows).count() == total.clients


def test_every_cell_of_the_matrix_opens_as_many_clients_as_it_counts(base: dict[str, Client]) -> None:
    found = figures.matrix(Client.objects.all(), NIGHT)
    for cell in (cell for row in found.rows for cell in row.cells):
        rows = filters.FILTERS["cell"](f"{NIGHT}:{cell.name}")
        assert Client.objects.filter(pk__in=rows).count() == cell.clients
    assert Client.objects.filter(pk__in=filters.FILTERS["cell"](f"{NIGHT}:**")).count() == found.total.clients


SENSELESS = ["", "x", "2026-13-01:AX", "2026-07-15", "2026-07-15:AXX", "a:b:c:d:e"]
RIGHT = {("top_on", "2026-07-15")}


@pytest.mark.parametrize(
    ("name", "value"), [one for one in itertools.product(filters.FILTERS, SENSELESS) if one not in RIGHT]
)
def test_a_filter_nobody_could_have_clicked_is_refused(name: str, value: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        filters.FILTERS[name](value)


def test_a_manager_sees_the_totals_of_the_own_list(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("csm").get(URL)
    matrix = page.context["matrix"]
    assert (matrix.total.clients, matrix.with_letters.turnover) == (2, Decimal(800))
    assert page.context["movement"].total.clients == 2
    assert matrix.top["clients"] == 1
    assert "three" not in page.content.decode()


def test_the_head_sees_everything(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("hos").get(URL)
    assert page.context["matrix"].total.clients == 5
    assert "three" in page.content.decode()


@pytest.mark.parametrize("role", ["operator", "lead_manager"])
def test_roles_without_segmentation_are_refused(base: dict[str, Client], browser_of: BrowserOf, role: str) -> None:
    assert browser_of(role).get(URL).status_code == 403


def test_the_day_and_the_switches_are_in_the_address(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("hos").get(URL, {"on": "2026-04-15", "show": "turnover", "by": "cell", "unit": "money"})
    assert page.context["matrix"].as_of == EARLIER
    assert page.context["show"] == "turnover"
    assert "movement" not in page.context
    compared = browser_of("hos").get(URL, {"since": "2026-04-15", "by": "cell", "unit": "money"})
    assert compared.context["matrix"].rows[0].cells[0].more_clients == -1
    assert compared.context["movement"].by == "cell"


@pytest.mark.parametrize("query", [{"on": "31.02"}, {"since": "x"}])
def test_a_day_that_is_none_is_not_found(base: dict[str, Client], browser_of: BrowserOf, query: dict[str, str]) -> None:
    assert browser_of("hos").get(URL, query).status_code == 404


def test_before_the_first_night_it_says_what_to_do(browser_of: BrowserOf, today: date) -> None:
    page = browser_of("hos").get(URL).content.decode()
    assert "No night has run yet" in page
    assert reverse("segmentation:nights") in page


@pytest.mark.parametrize("url", [URL, "/segmentation/top/", "/segmentation/zero/", "/segmentation/rules/"])
def test_queries_do_not_grow_with_the_clients(
    url: str, people: dict[str, Employee], browser_of: BrowserOf, today: date, django_assert_max_num_queries: Any
) -> None:
    nights()
    browser = browser_of("hos")
    browser.get(url)
    counts = []
    for first, last in ((0, 3), (3, 30)):
        for n in range(first, last):
            client = make.client(f"c{n}", people["csm"])
            classed(client, "AX", 100 + n)
            member(client)
        with django_assert_max_num_queries(40) as captured:
            assert browser.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[1] <= counts[0], "one less where nobody is above a limit of the share"


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("hos", [("one", Decimal("0.6"), True), ("two", Decimal("0.2"), True), ("four", Decimal("0.15"), True)]),
        ("csm", [("one", Decimal("0.6"), True), ("two", Decimal("0.2"), True)]),
        ("bdm_key", []),
    ],
)
@pytest.mark.parametrize("page", [URL, f"{URL}top/"])
def test_it_warns_of_clients_one_depends_on_among_those_one_sees(
    base: dict[str, Client], browser_of: BrowserOf, page: str, role: str, shown: list[tuple[str, Decimal, bool]]
) -> None:
    """Shares are the company's; a share equal to a limit (five per cent of `three`) has not passed it."""
    answer = browser_of(role).get(page)
    assert [(one.name, one.share, one.is_critical) for one in answer.context["concentrated"]] == shown
    links = [f'href="/clients/{base[name].pk}/"' in answer.content.decode() for name, _share, _critical in shown]
    assert all(links)
