"""The log of changes (R381): who sees it, what stands in it, how it is narrowed and read on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from clients.models import Client, LifeCycle, OwnershipReason
from deals import actions
from deals.dealing import actions as dealing
from deals.dealing.actions import Line
from kpi.measures.models import Month, MonthState
from kpi.pay import actions as pay
from kpi.pay.models import PayScheme, SchemeState
from salescrm import change_log
from salescrm.base import show
from segmentation.models import RuleSet, StatusChange, TopMembership, TopOverride, TopReason
from staff.access import Role
from staff.models import Employee, Position
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


@pytest.fixture
def paid(people: People) -> datetime:
    """An approved scheme, a rate of the fund set and changed, a month closed and opened again."""
    hos, director = people[Role.HOS], people[Role.DIRECTOR]
    june, now = date(2026, 6, 1), datetime(2026, 7, 16, 9, tzinfo=UTC)
    place = Position.objects.create(name="Менеджер клиентского сервиса", role=Role.CSM)
    PayScheme.objects.create(
        position=place, month=june, author=hos, created_at=now, comment="Пробный",
        state=SchemeState.APPROVED, approved_by=director, approved_at=now,
    )  # fmt: skip
    PayScheme.objects.create(position=place, month=date(2026, 8, 1), author=hos, created_at=now)
    for percent in (4, 5):
        pay.set_rate(month=june, percent=Decimal(percent), acting_user=hos)
    month = Month.objects.create(day=june, as_of=date(2026, 6, 30), rule_set=make.rule_set())
    for state, hour in ((MonthState.CLOSED, 10), (MonthState.OPEN, 11)):
        reason = "Поздний возврат" if state == MonthState.OPEN else ""
        Month.objects.filter(pk=month.pk).update(
            state=state, changed_by=hos, changed_at=now.replace(hour=hour), reason=reason
        )
    Month.objects.filter(pk=month.pk).update(
        rule_set=make.rule_set(effective_from=date(2026, 7, 1))
    )  # a refresh is no act of anybody
    return now


PAY = "Pay of “Менеджер клиентского сервиса” from June 2026 on approved"
FUND = ["Pay fund from June 2026 on: 5.000 % of turnover", "Pay fund from June 2026 on: 4.000 % of turnover"]
MONTHS = ["Month June 2026 opened again", "Month June 2026 closed"]


@pytest.mark.parametrize(("role", "sees"), [(Role.HOS, True), (Role.DIRECTOR, True), (Role.DEPUTY_IT, False)])
def test_months_and_pay_stand_in_it_for_who_may_know(
    browser_of: Browsers, paid: datetime, role: str, sees: bool
) -> None:
    browser = browser_of(role)
    assert texts(browser, kind="months") == MONTHS
    assert texts(browser, kind="pay") == ([PAY] if sees else [])
    assert texts(browser, kind="pay-fund") == (FUND if sees else [])
    whole = texts(browser)
    assert (PAY in whole, FUND[0] in whole) == (sees, sees)
    page = browser.get(reverse("change-log")).content.decode()
    assert ('value="pay"' in page, "Поздний возврат" in page) == (sees, True)


def test_a_changed_discount_stands_in_it(browser_of: Browsers, client: Client, people: People, today: date) -> None:
    csm = people[Role.CSM]
    deal = make.deal(client, csm, today)
    lines = [Line("Поло", Decimal(3), Decimal(100), Decimal(10))]
    dealing.change_lines(deal=deal, lines=lines, acting_user=csm, seen=deal.version, today=today)
    browser = browser_of(Role.DEPUTY_IT)
    said = {"kind": "discount", "client": client.pk, "author": csm.pk}
    assert texts(browser, **said) == ["Принт-Хаус: discount 0.00 → 10.00 %"]


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
