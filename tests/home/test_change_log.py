"""The log of changes (R381): who sees it, what stands in it, how it is narrowed and read on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from clients.models import Client, LifeCycle, OwnershipReason
from deals import actions
from salescrm import change_log
from salescrm.base import show
from segmentation.models import RuleSet, StatusChange, TopMembership, TopOverride, TopReason
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]


@pytest.fixture
def client(people: People, today: date) -> Client:
    """A client whose owner, status and TOP membership changed, and rules that were changed."""
    made = make.client("Принт-Хаус", people[Role.CSM])
    rules = make.rule_set()
    StatusChange.objects.create(
        client=made,
        as_of=today - timedelta(days=3),
        before=LifeCycle.ACTIVE,
        after=LifeCycle.ZERO,
        last_purchase_on=today - timedelta(days=100),
        rule_set=rules,
    )
    TopMembership.objects.create(
        client=made,
        entered_on=today - timedelta(days=40),
        left_on=today - timedelta(days=2),
        entered_reason=TopReason.CELL,
        left_reason=TopReason.CLASS_LOST,
        rule_set=rules,
    )
    TopOverride.objects.create(
        client=made,
        is_in=True,
        starts_on=today - timedelta(days=1),
        until=today + timedelta(days=30),
        reason="Ждём тендер",
        author=people[Role.CSH],
    )
    return made


def texts(browser: Browser, **asked: Any) -> list[str]:
    """The entries on the page, as text, in their order."""
    with translation.override("en"):
        answer = browser.get(reverse("change-log"), asked)
    assert answer.status_code == 200
    return [item.text for day in answer.context["days"] for item in day["items"]]


def test_every_change_stands_in_the_log_newest_first(
    browser_of: Browsers, client: Client, people: People, today: date
) -> None:
    told: dict[str, Any] = {"note": "Уходит в отпуск", "author": people[Role.HOS].pk}
    actions.change_owners({client.pk: people[Role.BDM_KEY].pk}, starts_on=today, reason=OwnershipReason.MANUAL, **told)
    browser = browser_of(Role.HOS)
    found = texts(browser, client=client.pk)
    assert found == [
        "Принт-Хаус: owner Csm Testov → Bdm_key Testov",
        f"Принт-Хаус: in the TOP list by hand until {_day(today + timedelta(days=30))}",
        "Принт-Хаус: left the TOP list",
        "Принт-Хаус: status active → zero",
        "Принт-Хаус: entered the TOP list",
    ]
    page = browser.get(reverse("change-log"), {"client": client.pk}).content.decode()
    assert all(said in page for said in ("Уходит в отпуск", "Hos Testov", "Ждём тендер", "Csh Testov"))


def _day(value: date) -> str:
    with translation.override("en"):
        return show.day(value)


def test_it_is_narrowed_by_kind_person_and_days(
    browser_of: Browsers, client: Client, people: People, today: date
) -> None:
    browser = browser_of(Role.DEPUTY_IT)
    assert texts(browser, kind="status", client=client.pk) == ["Принт-Хаус: status active → zero"]
    by_hand = texts(browser, author=people[Role.CSH].pk)
    assert [text.split(" until")[0] for text in by_hand] == ["Принт-Хаус: in the TOP list by hand"]
    by_rules = texts(browser, author="rules", client=client.pk)
    assert len(by_rules) == 3
    day = (today - timedelta(days=2)).isoformat()
    assert texts(browser, client=client.pk, **{"from": day, "to": day}) == ["Принт-Хаус: left the TOP list"]
    for senseless in ({"from": "31.02"}, {"author": "²"}, {"client": "9" * 40}, {"after": "x_y"}, {"kind": "no"}):
        assert browser.get(reverse("change-log"), senseless).status_code == 200


def test_the_first_owner_of_a_client_is_no_change(browser_of: Browsers, client: Client) -> None:
    assert texts(browser_of(Role.HOS), kind="owner", client=client.pk) == []


def test_it_is_read_on_without_a_gap_or_a_double(
    browser_of: Browsers, client: Client, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_log, "SIZE", 2)
    browser = browser_of(Role.HOS)
    whole: list[str] = []
    url = f"{reverse('change-log')}?client={client.pk}"
    while url:
        answer = browser.get(url)
        whole += [item.text for day in answer.context["days"] for item in day["items"]]
        url = answer.context["more_url"]
    assert len(whole) == len(set(whole)) == 4


@pytest.mark.parametrize("number", [3, 30])
def test_the_page_asks_the_same_for_three_and_for_thirty(
    browser_of: Browsers, client: Client, people: People, today: date, number: int
) -> None:
    rules = RuleSet.objects.earliest("effective_from")
    for n in range(number):
        other = make.client(f"Клиент {n}", people[Role.CSM])
        StatusChange.objects.create(client=other, as_of=today, after=LifeCycle.NEW, rule_set=rules)
    browser = browser_of(Role.HOS)
    browser.get(reverse("change-log"))
    with CaptureQueriesContext(connection) as asked:
        browser.get(reverse("change-log"))
    assert len(asked) <= 20
