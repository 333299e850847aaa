"""Effectiveness of recovery: months of hand-over, what came back of them, and the clients behind the numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client
from segmentation.models import CaseState
from staff.models import Employee
from tests import make
from tests.segmentation.test_silence import listed
from tests.segmentation.world import case, nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
URL = "/segmentation/zero/recovery/"
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 3)


def back(client: Client, csm: Employee, to: Employee, *, after: int, handed_on: date = JUNE, **fields: Any) -> None:
    """Hand a client over and let it come back some days later, with 70 in the time that counts and 5 outside it."""
    bought = date.fromordinal(handed_on.toordinal() + after)
    until = date.fromordinal(bought.toordinal() + 92)
    case(
        client, CaseState.RETURNED, csm, to, handed_on=handed_on, bought_on=bought, returned_to=csm,
        returned_on=bought, recovered_until=until, **fields,
    )  # fmt: skip
    for day, amount in ((handed_on, 5), (bought, 70), (until, 5)):
        make.shipment(client, day, amount)


@pytest.fixture
def base(people: dict[str, Employee], today: date) -> dict[str, Client]:
    """June: four handed over, three back after 3, 10 and 20 days; July: one; and what does not count."""
    nights()
    csm, recovery = people["csm"], people["bdm_recovery"]
    names = ("fast", "slow", "late", "gone", "july", "undone", "old")
    made = {name: make.client(name, csm) for name in names}
    back(made["fast"], csm, recovery, after=3, rule="top")
    back(made["slow"], csm, recovery, after=10)
    back(made["late"], csm, recovery, after=20)
    case(made["gone"], CaseState.CLOSED, csm, recovery, handed_on=JUNE)
    case(made["july"], CaseState.HANDED_OVER, csm, recovery, handed_on=JULY)
    case(made["undone"], CaseState.UNDONE, csm, recovery, handed_on=JULY)
    back(made["old"], csm, recovery, after=3, handed_on=date(2025, 7, 31))
    return made


def line(report: Any, name: str) -> tuple[int, int, Decimal, int | None]:
    """Return the figures of a line by its name."""
    found = {one.name: one for one in [*report.months, *report.rules, report.total]}[name]
    return found.received, found.returned, found.money, found.days


def test_a_month_shows_what_came_back_of_it(base: dict[str, Client], browser_of: BrowserOf) -> None:
    report = browser_of("hos").get(URL).context["report"]
    assert [one.name for one in report.months[:2]] == ["July 2026", "June 2026"]
    assert len(report.months) == 12
    assert line(report, "June 2026") == (4, 3, Decimal(210), 10)
    assert line(report, "July 2026") == (1, 0, Decimal(0), None)
    assert line(report, "Total") == (5, 3, Decimal(210), 10)
    assert line(report, "zero TOP") == (1, 1, Decimal(70), 3)
    assert report.months[1].conversion == Decimal("0.75")
    assert report.months[5].conversion is None


def test_the_report_is_of_one_rule(base: dict[str, Client], browser_of: BrowserOf) -> None:
    report = browser_of("hos").get(URL, {"rule": "top"}).context["report"]
    assert line(report, "June 2026") == line(report, "Total") == (1, 1, Decimal(70), 3)
    assert line(report, "zero")[0] == 4, "rules stay to be compared"


def test_every_number_opens_its_clients(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of("csh")
    report = browser.get(URL).context["report"]
    assert listed(browser, report.months[1].returned_url) == {"fast", "slow", "late"}
    for one in [*report.months, *report.rules, report.total]:
        for what in ("received", "returned"):
            if getattr(one, what):
                assert len(listed(browser, getattr(one, f"{what}_url"))) == getattr(one, what)
    page = browser.get(report.rules[0].returned_url).content.decode()
    assert "zero TOP · returned" in page


@pytest.mark.parametrize("value", ["", "x", "2026-06-01:2026-07-01:top", "2026-06-01:2026-07-01:worst:returned"])
def test_a_link_nobody_made_is_left_out(base: dict[str, Client], browser_of: BrowserOf, value: str) -> None:
    assert len(listed(browser_of("hos"), f"/clients/?recovery={value}")) == len(base)


def test_a_development_manager_is_credited_with_clients_that_went_back(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    """The figures are the person's own; what is not seen any more is not opened."""
    report = browser_of("bdm_recovery").get(URL).context["report"]
    assert line(report, "June 2026") == (4, 3, Decimal(210), 10)
    assert report.months[1].returned_url == ""
    assert browser_of("bdm_key").get(URL).context["report"].total.received == 0
    head = people["branch_head"]
    head.branch = make.branch("msk")
    head.save()
    assert browser_of("branch_head").get(URL).context["report"].total.received == 0


def test_the_report_asks_no_more_for_more_cases(
    base: dict[str, Client],
    people: dict[str, Employee],
    browser_of: BrowserOf,
    django_assert_max_num_queries: Any,
) -> None:
    browser = browser_of("hos")
    browser.get(URL)
    counts = []
    for first, last in ((0, 3), (3, 30)):
        for n in range(first, last):
            back(make.client(f"c{n}", people["csm"]), people["csm"], people["bdm_recovery"], after=n)
        with django_assert_max_num_queries(15) as captured:
            browser.get(URL)
        counts.append(len(captured))
    assert counts[0] == counts[1]
