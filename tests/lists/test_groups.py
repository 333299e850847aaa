"""Groups of conditions: what they keep, how they stand in the address, how the dialog builds them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client as Browser
from django.urls import reverse

from clients.filters import CLIENTS
from clients.models import Client
from salescrm.base.lists.filters import Here
from salescrm.base.lists.state import ListState
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
LIST = "/clients/"
BUILD = "/clients/groups/"


@pytest.fixture
def four(people: People, today: date) -> list[Client]:
    """Альфа A 400 active, Бета B 300 zero, Гамма A 200 zero, Дельта without a class 100."""
    csm, key = people[Role.CSM], people[Role.BDM_KEY]
    people[Role.CSM].administrative_head = people[Role.CSH]
    people[Role.CSM].save()

    def standing(abc: str, turnover: int, state: str, days: int | None) -> dict[str, Any]:
        bought = today - timedelta(days=days) if days is not None else None
        return {"abc": abc, "turnover": turnover, "life_cycle": state, "last_purchase_on": bought}

    return [
        make.client("Альфа", csm, city="Псков", standing=standing("A", 400, "active", 5)),
        make.client("Бета", csm, city="Тверь", standing=standing("B", 300, "zero", 95)),
        make.client("Гамма", key, city="Тверь", standing=standing("A", 200, "zero", 200)),
        make.client("Дельта", key, standing=standing("", 100, "potential", None)),
    ]


def names(browser: Browser, query: str) -> list[str]:
    """Return the names of the list's rows; its totals, its "all N" and its export say the same."""
    response = browser.get(f"{LIST}?{query}")
    assert response.status_code == 200
    found = [row.client.name for row in response.context["rows"]]
    totals = browser.get(f"{reverse('clients:client-totals')}?{query}").context["totals"]
    selected = browser.get(f"{reverse('deals:owner-change-many')}?{query}&all=1").context["count"]
    file = browser.post(f"{reverse('clients:client-export')}?{query}&cols=name", {"form": "csv"})
    written = b"".join(file).decode("utf-8-sig").splitlines()[1:]
    assert (totals["clients"], selected, written) == (len(found), len(found), found)
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("g1=any&g1.abc=B&g1.state=active", ["Альфа", "Бета"]),
        ("g1=all&g1.abc=A&g1.state=zero", ["Гамма"]),
        ("g1.abc=A&g1.state=zero", ["Гамма"]),
        ("g1=all&g1.abc=A&g1.state=active&g2=all&g2.abc=B&g2.city=Тверь&join=or", ["Альфа", "Бета"]),
        ("g1=any&g1.abc=A&g1.abc=B&g2=any&g2.state=zero&g2.turnover=..100&join=and", ["Бета", "Гамма"]),
        ("state=zero&g1=any&g1.abc=A&g1.city=Псков", ["Гамма"]),
        ("g1=any&g1.bought=-1m..&g1.bought=&g2=all&g2.bought=..-3m&g2.abc=A", ["Альфа", "Гамма"]),
        ("g1=any&g1.bought=none&g1.turnover.from=400&g1.turnover.to=", ["Альфа", "Дельта"]),
        ("g1=all&g1.bought=any&g1.turnover=..300", ["Бета", "Гамма"]),
        ("g1=any&g1.abc=none&g1.abc=B", ["Бета", "Дельта"]),
        ("g1=any&g1.owner=team&g1.abc=none", ["Альфа", "Бета", "Дельта"]),
        ("g1=any&g1.owner=me&g1.turnover=..100", ["Дельта"]),
        ("q=бета&g1=any&g1.abc=A&g1.state=zero", ["Бета"]),
        ("sort=turnover&abc=A&abc=B&g1=any&g1.state=zero&g1.state=active", ["Гамма", "Бета", "Альфа"]),
    ],
)
def test_it_keeps_what_fits_the_groups(
    browser_of: Browsers, four: list[Client], query: str, expected: list[str]
) -> None:
    assert names(browser_of(Role.CSH), query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "g1=maybe",
        "g1=any&g1.abc=Q",
        "g1=any&g1.nothing=1&g2",
        "g1=any&g1.ids=1&g1.q=x",
        "g6=any&g6.abc=A",
        "g1=any&g1.turnover=x..y&g1.bought=31.02.2026..&g1.city=%00",
        "g1=any&g1.city=" + "x" * 101,
        "g1=any&" + "&".join(f"g1.city=c{n}" for n in range(21)),
        "join=xor&g1.abc",
    ],
)
def test_what_makes_no_sense_is_left_out(browser_of: Browsers, four: list[Client], query: str) -> None:
    assert names(browser_of(Role.CSH), query) == ["Альфа", "Бета", "Гамма", "Дельта"]


def test_the_page_says_what_was_left_out(browser_of: Browsers, four: list[Client]) -> None:
    page = browser_of(Role.CSH).get(f"{LIST}?turnover=x..y&g1=any&g1.bought=soon&g1.abc=A")
    assert "Not understood and left out: Turnover, 12 months, Last purchase" in page.content.decode()
    assert [row.client.name for row in page.context["rows"]] == ["Альфа", "Гамма"]


def test_the_totals_of_one_person_s_team_are_not_another_s(
    browser_of: Browsers, people: People, four: list[Client]
) -> None:
    query = "g1=all&g1.owner=team"
    assert names(browser_of(Role.CSH), query) == ["Альфа", "Бета"]
    assert names(browser_of(Role.HOS), query) == []
    people[Role.BDM_KEY].functional_head = people[Role.CSM]
    people[Role.BDM_KEY].save()
    assert len(names(browser_of(Role.CSH), query)) == 4, "at any depth"


def test_a_long_address_is_cut_to_a_bounded_one(people: People, today: date) -> None:
    groups = "&".join(f"g{g}=any&" + "&".join(f"g{g}.city=c{n}" for n in range(20)) for g in range(1, 9))
    state = ListState.read(CLIENTS, QueryDict(groups), Here(people[Role.CSH], today))
    assert len(state.groups.groups) == 5
    assert ListState.read(CLIENTS, QueryDict(state.query()), state.here).query() == state.query()


def test_chips_say_the_groups_and_take_them_out(browser_of: Browsers, four: list[Client]) -> None:
    query = "abc=A&g1=any&g1.state=zero&g1.state=lost&g1.turnover=1000..&g3=all&g3.owner=me&join=or&sort=name"
    chips = browser_of(Role.CSH).get(f"{LIST}?{query}").context["chips"]
    assert [(str(chip["label"]), chip["value"], chip.get("join")) for chip in chips] == [
        ("Class ABC", "A", None),
        ("Any of", "State: zero or lost; Turnover, 12 months: from 1,000", ""),
        ("All of", "Owner: me", "or"),
    ]
    assert chips[1]["remove_url"] == "?abc=A&g1=all&g1.owner=me&sort=name"
    kept = "&g1=any&g1.state=zero&g1.state=lost&g1.turnover=1000.."
    assert chips[2]["remove_url"] == f"?abc=A{kept}&sort=name"
    assert chips[0]["remove_url"] == f"?g1=any{kept[7:]}&g2=all&g2.owner=me&join=or&sort=name"


def test_a_filled_form_leads_to_the_short_address(browser_of: Browsers, four: list[Client]) -> None:
    asked = "?apply=1&abc=B&sort=name&g1=any&g1.open=turnover&g1.turnover.from=1+000&g1.turnover.to=&g1.add=abc&g2=all"
    answer = browser_of(Role.CSH).get(BUILD + asked + "&g2.open=city&join=and")
    assert answer.headers["Location"] == f"{LIST}?abc=B&g1=any&g1.turnover=1000..&sort=name"


def test_a_form_that_makes_no_sense_is_shown_again(browser_of: Browsers, four: list[Client]) -> None:
    answer = browser_of(Role.CSH).get(f"{BUILD}?apply=1&g1=any&g1.open=turnover&g1.turnover.from=much&g1.abc=A")
    assert answer.status_code == 422
    assert answer.context["fault"] == "Not understood and left out: Turnover, 12 months"
    assert shown(answer) == [("any", ["turnover", "abc"])]


def shown(answer: Any) -> list[tuple[str, list[str]]]:
    """Return the kind and the conditions of each group the dialog shows."""
    return [
        (next(kind for kind, _word, is_on in group["kinds"] if is_on), [one["plain"] for one in group["conditions"]])
        for group in answer.context["groups"]
    ]


TWO = "g1=all&g1.open=abc&g1.abc=A&g1.add=city&g2=any&g2.open=state&g2.add=abc"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", [("any", [])]),
        ("g1=all&g1.abc=A&g1.city=Тверь", [("all", ["abc", "city"])]),
        (f"{TWO}&do=add:g1", [("all", ["abc", "city"]), ("any", ["state"])]),
        (f"{TWO}&do=add:g2", [("all", ["abc"]), ("any", ["state", "abc"])]),
        (f"{TWO}&do=drop:g1.abc", [("all", []), ("any", ["state"])]),
        (f"{TWO}&do=drop:g1", [("any", ["state"])]),
        (f"{TWO}&do=group", [("all", ["abc"]), ("any", ["state"]), ("any", [])]),
        (f"{TWO}&do=drop:g9", [("all", ["abc"]), ("any", ["state"])]),
        (f"{TWO}&do=add:g1.x:y", [("all", ["abc"]), ("any", ["state"])]),
        (f"{TWO}&g1.open=ids&g1.open=nothing&do=add", [("all", ["abc"]), ("any", ["state"])]),
    ],
)
def test_the_dialog_is_built_step_by_step(
    browser_of: Browsers, four: list[Client], asked: str, expected: list[tuple[str, list[str]]]
) -> None:
    browser = browser_of(Role.CSH)
    assert shown(browser.get(f"{BUILD}?{asked}")) == expected
    part = browser.get(f"{BUILD}?{asked}", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert ("<form" in part) == ("do=" not in asked), "a change draws the groups again, not the form around them"


def test_it_asks_the_base_no_more_for_many_groups(
    browser_of: Browsers, people: People, today: date, django_assert_max_num_queries: Any
) -> None:
    browser = browser_of(Role.HOS)
    browser.get("/healthz")  # the first request of a session writes its row
    browser.get(LIST)
    said = {"owner": f"team&{{g}}.owner={people[Role.HOS].pk}", "turnover": "..1000", "abc": "A", "bought": "any"}
    one = "{g}=any&" + "&".join(f"{{g}}.{key}={text}" for key, text in said.items())
    queries = ["&".join(one.format(g=f"g{n}") for n in range(1, most + 1)) for most in (1, 5)]
    counts = set()
    for upto in (3, 30):
        for n in range(Client.objects.count(), upto):
            make.client(f"Client {n}", people[Role.HOS], standing={"turnover": n, "abc": "A", "life_cycle": "active"})
        for query in queries:
            with django_assert_max_num_queries(13) as asked:
                assert len(browser.get(f"{LIST}?{query}").context["rows"]) == upto
            counts.add(len(asked))
    assert len(counts) == 1
