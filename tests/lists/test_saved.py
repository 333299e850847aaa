"""Saved views: what an address that names one says, whose they are, who sees them, and that no right comes along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict
from django.test import Client as Browser

from clients.filters import CLIENTS
from salescrm.base.lists import saved
from salescrm.base.lists.filters import Here
from salescrm.base.lists.state import ListState
from salescrm.base.models import SavedView
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
LIST, VIEWS = "/clients/", "/frame/lists/clients/views/"


@pytest.fixture
def three(people: People, today: date) -> None:
    csm = people[Role.CSM]
    old = today - timedelta(days=95)
    make.client("Альфа", csm, city="Псков", standing={"turnover": 300, "abc": "A", "last_purchase_on": today})
    make.client("Бета", csm, city="Тверь", standing={"turnover": 200, "abc": "B", "last_purchase_on": old})
    make.client("Гамма", people[Role.BDM_KEY], standing={"turnover": 100, "abc": "A"})


def keep(browser: Browser, query: str, name: str = "v", **more: str) -> SavedView:
    answer = browser.post(f"{VIEWS}new/?{query}", {"name": name, "audience": "own"} | more)
    assert answer.status_code == 302, answer.content.decode()
    return SavedView.objects.get(pk=answer.headers["Location"].removeprefix(f"{LIST}?view="))


def view_of(person: Employee, query: str = "abc=A", **fields: Any) -> SavedView:
    said = {"list_name": "clients", "name": "v"} | fields
    return SavedView.objects.create(owner=person, query=query, **said)


def names(browser: Browser, query: str) -> list[str]:
    return [row.client.name for row in browser.get(f"{LIST}?{query}").context["rows"]]


def tabs(browser: Browser, query: str = "view=0") -> list[str]:
    return [tab["label"] for tab in browser.get(f"{LIST}?{query}").context["saved"]["tabs"]]


def test_a_view_keeps_the_whole_look(browser_of: Browsers, people: People, three: None) -> None:
    hos = browser_of(Role.HOS)
    hos.post("/clients/width/", {"column": "city", "width": "90"})
    asked = "g1=any&g1.abc=A&g1.abc=B&owner=me&owner=team&bought=..-3m&sort=name&cols=name,city&q=bet"
    view = keep(hos, asked)
    assert parse_qs(view.query) == parse_qs(asked)
    context = hos.get(f"{LIST}?view={view.pk}").context
    assert [(column.key, width) for column, width in context["state"].heads] == [("name", None), ("city", 90)]
    assert (context["state"].is_changed, context["place"]) == (False, f"view={view.pk}")


def test_days_and_people_stay_relative(browser_of: Browsers, people: People, three: None) -> None:
    view = keep(browser_of(Role.HOS), "bought=..-3m&owner=me", audience="all")
    assert names(browser_of(Role.HOS), f"view={view.pk}") == []
    assert names(browser_of(Role.CSM), f"view={view.pk}") == ["Бета"]
    later = Here(people[Role.CSM], date(2027, 1, 1))
    state = ListState.read(CLIENTS, QueryDict(f"view={view.pk}"), later)
    assert str(state.conditions()[1]).count("2026, 10, 1") == 1


CHANGES = [
    ("", ["Альфа", "Гамма"], "", False),
    ("sort=name", ["Альфа", "Гамма"], "sort=name", True),
    ("sort=-turnover", ["Альфа", "Гамма"], "", False),
    ("abc=B", ["Бета"], "abc=B", True),
    ("abc=A", ["Альфа", "Гамма"], "", False),
    ("abc=", ["Альфа", "Бета", "Гамма"], "abc=", True),
    ("abc=&abc=B", ["Бета"], "abc=B", True),
    ("q=альф", ["Альфа"], "q=%D0%B0%D0%BB%D1%8C%D1%84", True),
    ("turnover.from=200&turnover.to=", ["Альфа"], "turnover=200..", True),
    ("g1=all&g1.abc=B", [], "g1=all&g1.abc=B", True),
]


@pytest.mark.parametrize(("changes", "expected", "said", "is_changed"), CHANGES)
def test_the_address_lies_over_the_view(
    browser_of: Browsers, three: None, changes: str, expected: list[str], said: str, is_changed: bool
) -> None:
    hos = browser_of(Role.HOS)
    view = keep(hos, "abc=A")
    context = hos.get(f"{LIST}?view={view.pk}&{changes}").context
    assert [row.client.name for row in context["rows"]] == expected
    assert context["state"].query() == "&".join(part for part in (f"view={view.pk}", said) if part)
    assert context["state"].is_changed is is_changed
    again = hos.get(f"{LIST}?{context['state'].query()}").context["state"]
    assert again.said() == context["state"].said(), "the address says the whole state"
    assert again.query(whole=True).startswith("view") is False


def test_groups_of_a_view_are_replaced_together_and_taken_out(browser_of: Browsers, three: None) -> None:
    hos = browser_of(Role.HOS)
    view = keep(hos, "g1=any&g1.abc=A&g2=all&g2.abc=B&join=or")
    page = hos.get(f"{LIST}?view={view.pk}").context
    first = page["state"].chips()[0]["remove_url"]
    assert parse_qs(first[1:]) == {"view": [str(view.pk)], "g1": ["all"], "g1.abc": ["B"]}
    assert names(hos, first[1:]) == ["Бета"]
    none = hos.get(f"{LIST}{first}").context["state"].chips()[0]["remove_url"]
    assert none == f"?view={view.pk}&g1="
    assert len(names(hos, none[1:])) == 3


def test_what_is_unticked_in_the_dialog_is_taken_out_of_the_view(browser_of: Browsers, three: None) -> None:
    hos = browser_of(Role.HOS)
    view = keep(hos, "abc=A&city=Псков")
    dialog = hos.get(f"/clients/filters/?view={view.pk}")
    sent = [*dialog.context["hidden"], ("apply", "1"), ("city", "Псков")]
    asked = QueryDict(mutable=True)
    for name, value in sent:
        asked.appendlist(name, value)
    answer = hos.get(f"/clients/filters/?{asked.urlencode()}")
    assert answer.headers["Location"] == f"{LIST}?view={view.pk}&abc="


def test_columns_chosen_on_a_view_are_its_change(browser_of: Browsers, people: People, three: None) -> None:
    hos = browser_of(Role.HOS)
    view = keep(hos, "cols=name,city")
    answer = hos.post(f"/clients/columns/?view={view.pk}", {"order": ["cls", "city"], "col": ["cls"]})
    assert answer.headers["Location"] == f"{LIST}?view={view.pk}&cols=cls"
    people[Role.HOS].refresh_from_db()
    assert people[Role.HOS].looks == {}
    back = hos.post(f"/clients/columns/?view={view.pk}&cols=cls", {"do": "reset"})
    assert back.headers["Location"] == f"{LIST}?view={view.pk}"
    hos.post(f"/clients/width/?view={view.pk}", {"column": "city", "width": "77"})
    assert dict(hos.get(f"{LIST}?view={view.pk}").context["state"].widths) == {"city": 77}
    assert dict(hos.get(f"{LIST}?view=0").context["state"].widths) == {}, "the plain list has widths of its own"


def test_changes_are_saved_in_place(browser_of: Browsers, three: None) -> None:
    hos = browser_of(Role.HOS)
    view = keep(hos, "abc=A")
    bar = hos.get(f"{LIST}?view={view.pk}&abc=B").context["saved"]
    assert (bar["is_changed"], bar["reset_url"]) == (True, f"?view={view.pk}")
    assert hos.post(bar["save_url"]).headers["Location"] == f"{LIST}?view={view.pk}"
    assert names(hos, f"view={view.pk}") == ["Бета"]
    view.refresh_from_db()
    assert hos.post(f"{VIEWS}{view.pk}/save/?abc=A").status_code == 404, "an address that does not name the view"
    before = view.query
    view.refresh_from_db()
    assert view.query == before


AUDIENCES = [
    ("own", set()),
    ("branch", {"near"}),
    ("team", {"near", "far below"}),
    ("all", {"near", "far", "far below"}),
]


@pytest.mark.parametrize(("audience", "seers"), AUDIENCES)
def test_a_view_is_seen_by_its_audience(people: People, today: date, audience: str, seers: set[str]) -> None:
    head, other = people[Role.HOS], make.branch("msk")
    middle = make.employee("middle", Role.CSH, branch=other, administrative_head=head)
    others = {
        "near": make.employee("near", functional_head=head),
        "far": make.employee("far", branch=other),
        "far below": make.employee("below", branch=other, administrative_head=middle),
    }
    view = view_of(head, audience=audience)
    assert {name for name, one in others.items() if view in saved.seen(Here(one, today))} == seers
    assert view in saved.seen(Here(head, today))


def test_a_shared_view_shows_nobody_more_rows(browser_of: Browsers, people: People, three: None) -> None:
    view = view_of(people[Role.HOS], "abc=A", audience="all")
    assert names(browser_of(Role.HOS), f"view={view.pk}") == ["Альфа", "Гамма"]
    assert names(browser_of(Role.CSM), f"view={view.pk}") == ["Альфа"]
    assert names(browser_of(Role.BDM_KEY), f"view={view.pk}") == ["Гамма"]


def test_another_persons_view_is_not_there_and_a_shared_one_is_not_changed(
    browser_of: Browsers, people: People, three: None
) -> None:
    mine, shared = view_of(people[Role.CSM]), view_of(people[Role.HOS], audience="all")
    hos, csm = browser_of(Role.HOS), browser_of(Role.CSM)
    for url in ("/clients/", "/clients/totals/", "/clients/filters/", VIEWS, f"{VIEWS}new/"):
        assert hos.get(f"{url}?view={mine.pk}").status_code == 404
    for senseless in ("x", "99999", "-1", "%00", "5 "):
        assert hos.get(f"{LIST}?view={senseless}").status_code == 404
    said = {"name": "theirs", "audience": "own"}
    assert hos.post(f"{VIEWS}{mine.pk}/", said).status_code == 404
    assert csm.post(f"{VIEWS}{shared.pk}/", said).status_code == 403
    assert csm.post(f"{VIEWS}{shared.pk}/save/?view={shared.pk}&abc=B").status_code == 403
    assert csm.post(f"{VIEWS}{shared.pk}/delete/").status_code == 403
    found = {one.pk: (one.name, one.query, one.deleted_at) for one in SavedView.objects.all()}
    assert found == {mine.pk: ("v", "abc=A", None), shared.pk: ("v", "abc=A", None)}
    bar = csm.get(f"{LIST}?view={shared.pk}&abc=B").context["saved"]
    assert (bar["is_changed"], bar["save_url"]) == (True, "")
    own = keep(csm, f"view={shared.pk}&abc=B", "mine")
    assert "abc=B" in own.query


def test_only_heads_share_beyond_their_office(browser_of: Browsers, three: None) -> None:
    for role, choices in ((Role.CSM, ["own", "branch"]), (Role.HOS, ["own", "team", "branch", "all"])):
        form = browser_of(role).get(f"{VIEWS}new/").context["form"]
        assert [value for value, _label in form.fields["audience"].choices] == choices
    refused = browser_of(Role.CSM).post(f"{VIEWS}new/?abc=A", {"name": "v", "audience": "all"})
    assert (refused.status_code, SavedView.objects.count()) == (422, 0)


def test_a_double_submit_makes_one_view(browser_of: Browsers, three: None) -> None:
    hos = browser_of(Role.HOS)
    assert keep(hos, "abc=A") == keep(hos, "abc=A")
    taken = hos.post(f"{VIEWS}new/?abc=B", {"name": "v", "audience": "own"})
    assert (taken.status_code, "You have a view of this name already." in taken.content.decode()) == (422, True)
    assert SavedView.objects.count() == 1
    keep(browser_of(Role.CSM), "abc=B")
    other = keep(hos, "abc=B", "w")
    assert hos.post(f"{VIEWS}{other.pk}/", {"name": "v", "audience": "own"}).status_code == 422
    for bad in ({"name": ""}, {"name": "x" * 61}, {"audience": "x"}):
        assert hos.post(f"{VIEWS}new/?abc=C", {"name": "n", "audience": "own"} | bad).status_code == 422
    assert SavedView.objects.count() == 3


def test_a_person_keeps_a_bounded_number(
    browser_of: Browsers, people: People, three: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST", 1)
    keep(browser_of(Role.HOS), "abc=A")
    refused = browser_of(Role.HOS).post(f"{VIEWS}new/?abc=B", {"name": "w", "audience": "own"})
    assert (refused.status_code, "You have 1 view" in refused.content.decode()) == (422, True)
    monkeypatch.setattr(saved, "LONGEST_QUERY", 10)
    assert browser_of(Role.CSM).post(f"{VIEWS}new/?abc=B", {"name": "w", "audience": "own"}).status_code == 422


def test_a_deleted_view_comes_back_with_undo(browser_of: Browsers, people: People, three: None) -> None:
    hos = browser_of(Role.HOS)
    view = keep(hos, "abc=A")
    page = hos.post(f"{VIEWS}{view.pk}/delete/", follow=True)
    undo = f"{VIEWS}{view.pk}/restore/"
    assert f'data-undo="{undo}"' in page.content.decode()
    assert (tabs(hos), hos.get(f"{LIST}?view={view.pk}").status_code) == ([], 404)
    assert hos.post(undo).headers["HX-Refresh"] == "true"
    assert tabs(hos) == ["v"]
    hos.post(f"{VIEWS}{view.pk}/delete/")
    keep(hos, "abc=B")
    hos.post(undo)
    assert [one.query[:5] for one in SavedView.objects.filter(deleted_at=None)] == ["abc=B"], "the name is taken"


def test_a_tab_is_put_away_for_one_person(browser_of: Browsers, people: People, three: None) -> None:
    view = view_of(people[Role.HOS], audience="all", name="shared")
    hos, csm = browser_of(Role.HOS), browser_of(Role.CSM)
    part = csm.post(VIEWS, {"do": f"unpin:{view.pk}"}, headers={"hx-request": "true"})
    assert part.headers["HX-Trigger"] == "views-changed"
    assert (tabs(csm), tabs(csm, f"view={view.pk}"), tabs(hos)) == ([], ["shared"], ["shared"])
    csm.post(VIEWS, {"do": f"pin:{view.pk}"})
    assert tabs(csm) == ["shared"]
    assert csm.post(VIEWS, {"do": f"pin:{view.pk + 1}"}).status_code == 404


def test_the_list_opens_with_the_persons_one_view(browser_of: Browsers, people: People, three: None) -> None:
    hos = browser_of(Role.HOS)
    first, second = keep(hos, "abc=A", "a", is_default="on"), keep(hos, "abc=B", "b")
    assert hos.get(LIST).headers["Location"] == f"{LIST}?view={first.pk}"
    hos.post(VIEWS, {"do": f"default:{second.pk}"})
    assert hos.get(LIST).headers["Location"] == f"{LIST}?view={second.pk}"
    whole = hos.get(f"{LIST}?view=0").context
    assert (len(whole["rows"]), whole["tabs"][0]["url"]) == (3, "?view=0")
    assert hos.get(f"{LIST}?abc=A").status_code == 200, "an address that says something is left alone"
    hos.post(f"{VIEWS}{second.pk}/delete/")
    assert hos.get(LIST).status_code == 200
    assert browser_of(Role.CSM).get(LIST).status_code == 200


def test_the_queries_do_not_grow_with_the_views(
    browser_of: Browsers, people: People, three: None, django_assert_max_num_queries: Any
) -> None:
    csm = browser_of(Role.CSM)
    view = view_of(people[Role.CSM])
    for url in (f"{LIST}?view={view.pk}", VIEWS):
        csm.get(url)
    counts = []
    for upto in (range(3), range(3, 30)):
        for n in upto:
            view_of(people[Role.HOS], audience=("all", "team")[n % 2], name=f"{n}")
        for url in (f"{LIST}?view={view.pk}", VIEWS):
            with django_assert_max_num_queries(16) as asked:
                csm.get(url)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_the_long_export_of_a_view_does_not_hang_on_it(browser_of: Browsers, people: People, three: None) -> None:
    hos = browser_of(Role.HOS)
    view = keep(hos, "abc=B&cols=name")
    lines = b"".join(hos.post(f"/clients/export/?view={view.pk}", {"form": "csv"})).decode("utf-8-sig").splitlines()
    assert lines == ["Client", "Бета"]
    state = ListState.read(CLIENTS, QueryDict(f"view={view.pk}"), Here(people[Role.HOS], date(2026, 7, 16)))
    assert parse_qs(state.query(whole=True)) == {"abc": ["B"], "cols": ["name"], "sort": ["-turnover"]}
