"""The TOP page: list of a day, entered, left, by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client as Browser

from clients.models import Client
from salescrm.base.models import StepRun
from segmentation.models import RuleSet, TopOverride
from segmentation.steps import top
from staff.models import Employee
from tests import make
from tests.segmentation.world import EARLIER, NIGHT, classed, member, nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
URL = "/segmentation/top/"


@pytest.fixture
def base(people: dict[str, Employee], today: date) -> dict[str, Client]:
    """Three members over time: one stays, one left in the night, one entered in it."""
    nights()
    made = {name: make.client(name, people["csm"]) for name in ("stays", "left", "entered")}
    for turnover, (name, client) in enumerate(made.items(), start=1):
        classed(client, "CZ" if name == "left" else "AX", turnover * 100)
    member(made["stays"])
    member(made["left"], left=NIGHT, left_cell="CZ")
    member(made["entered"], entered=NIGHT, entered_cell="AX")
    return made


def names(page: object) -> list[str]:
    """Return the names in the table."""
    return [row["name"] for row in page.context["rows"]]  # type: ignore[attr-defined] # of Django's test client


def test_it_lists_the_members_of_a_day_by_turnover(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of("hos")
    assert names(browser.get(URL)) == ["entered", "stays"]
    assert names(browser.get(URL, {"on": EARLIER.isoformat()})) == ["left", "stays"]


def test_it_says_who_entered_and_left_and_why(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of("hos")
    entered = browser.get(URL, {"view": "entered", "since": EARLIER.isoformat()}).context["rows"]
    left = browser.get(URL, {"view": "left", "since": EARLIER.isoformat()}).context["rows"]
    assert [(row["name"], row["entered_on"], row["entered_cell"]) for row in entered] == [("entered", NIGHT, "AX")]
    assert [(row["name"], row["left_on"], str(row["left_reason_word"])) for row in left] == [
        ("left", NIGHT, "class is no TOP class any more")
    ]


def test_a_manager_sees_only_the_own_members(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("bdm_key").get(URL)
    assert (names(page), page.context["figures"]["clients"]) == ([], 0)


def test_a_person_s_word_stands_beside_the_client(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    until = date(2026, 9, 1)
    TopOverride.objects.create(
        client=base["left"], is_in=True, starts_on=NIGHT, until=until, reason="contract", author=people["hos"]
    )
    rows = browser_of("hos").get(URL, {"view": "hand"}).context["rows"]
    assert [(row["name"], row["hand_in"], row["hand_until"], row["hand_why"]) for row in rows] == [
        ("left", True, until, "contract")
    ]


@pytest.mark.parametrize("role", ["csm", "bdm_recovery", "marketer", "director"])
def test_who_may_not_decide_changes_nothing(base: dict[str, Client], browser_of: BrowserOf, role: str) -> None:
    sent = {"way": "out", "until": "2026-12-01", "reason": "x"}
    assert browser_of(role).post(f"{URL}{base['stays'].pk}/", sent).status_code == 403
    assert not TopOverride.objects.exists()


@pytest.mark.parametrize("wrong", [{"until": "2026-07-16"}, {"until": ""}, {"reason": ""}, {"way": "maybe"}])
def test_a_word_needs_a_day_ahead_and_a_reason(
    base: dict[str, Client], browser_of: BrowserOf, wrong: dict[str, str]
) -> None:
    sent = {"way": "out", "until": "2026-12-01", "reason": "x"} | wrong
    assert browser_of("hos").post(f"{URL}{base['stays'].pk}/", sent).status_code == 422
    assert not TopOverride.objects.exists()


def test_a_head_takes_a_client_out_until_a_day(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    sent = {"way": "out", "until": "2026-12-01", "reason": "pays late"}
    assert browser_of("csh").post(f"{URL}{base['stays'].pk}/", sent).status_code == 302
    made = TopOverride.objects.get()
    assert (made.client, made.is_in, made.starts_on, made.until, made.reason, made.author) == (
        base["stays"], False, date(2026, 7, 16), date(2026, 12, 1), "pays late", people["csh"],
    )  # fmt: skip


def test_the_picker_finds_visible_clients_by_name(base: dict[str, Client], browser_of: BrowserOf) -> None:
    found = browser_of("hos").get(f"{URL}clients/", {"q": "STAY"}).json()
    assert [one["text"] for one in found] == ["stays"]
    chosen = browser_of("hos").post(f"{URL}by-hand/", {"client": base["stays"].pk})
    assert chosen.status_code == 302
    assert chosen["Location"] == f"{URL}{base['stays'].pk}/"


@pytest.mark.parametrize(
    ("months", "on", "following"),
    [
        (3, "2026-07-15", "2026-09-30"),
        (3, "2026-09-29", "2026-09-30"),
        (3, "2026-09-30", "2026-12-31"),
        (3, "2026-12-31", "2027-03-31"),
        (1, "2028-01-31", "2028-02-29"),
        (6, "2026-06-30", "2026-12-31"),
        (12, "2026-12-31", "2027-12-31"),
        (12, "2026-12-30", "2026-12-31"),
    ],
)
def test_the_next_review_is_counted_back_from_december(months: int, on: str, following: str) -> None:
    rules = RuleSet(review_months=months)
    assert top.next_review(date.fromisoformat(on), rules) == date.fromisoformat(following)


def test_it_says_when_the_list_was_reviewed_and_when_it_will_be(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of("hos")
    assert browser.get(URL).context["reviewed_on"] is None
    StepRun.objects.filter(step="top", as_of=EARLIER).update(detail={"review": True})
    page = browser.get(URL)
    assert (page.context["reviewed_on"], page.context["next_review"]) == (EARLIER, date(2026, 9, 30))
    assert "view=left&amp;on=2026-04-15&amp;since=2026-04-14" in page.content.decode()
