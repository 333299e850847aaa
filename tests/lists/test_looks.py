"""The columns of a list: chosen, put in order, made wide or narrow; kept for the person, the address goes first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser

from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
LIST, CHOOSE, WIDTH = "/clients/", "/clients/columns/", "/clients/width/"


@pytest.fixture
def one(people: People, today: date) -> None:
    make.client("Альфа", people[Role.CSM], city="Псков", standing={"turnover": 300, "abc": "A"})


def heads(browser: Browser, query: str = "") -> list[tuple[str, int | None]]:
    """Return the columns shown with their widths; cells stand in the same order."""
    page = browser.get(f"{LIST}?{query}")
    assert page.context["cells"] == [column.key for column in page.context["state"].shown][1:]
    return [(column.key, width) for column, width in page.context["state"].heads]


def test_columns_are_kept_in_the_order_chosen(browser_of: Browsers, people: People, one: None) -> None:
    hos = browser_of(Role.HOS)
    answer = hos.post(f"{CHOOSE}?abc=A&cols=name", {"order": ["city", "turnover", "cls"], "col": ["turnover", "city"]})
    assert answer.headers["Location"] == f"{LIST}?abc=A"
    assert heads(hos) == [("name", None), ("city", None), ("turnover", None)]
    page = hos.get(LIST).content.decode()
    assert page.index("Псков") < page.index("₽300")
    assert [key for key, _width in heads(hos, "cols=cls,name,bought")] == ["name", "cls", "bought"], "the address first"
    assert len(heads(browser_of(Role.CSM))) == 10, "another person's list is as at first"
    file = hos.post("/clients/export/", {"form": "csv"})
    assert b"".join(file).decode("utf-8-sig").splitlines() == ['Client,City,"Turnover, 12 mo"', "Альфа,Псков,300"]


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("up:turnover", ["turnover", "city", "cls"]),
        ("down:city", ["turnover", "city", "cls"]),
        ("up:city", ["city", "turnover", "cls"]),
        ("down:nothing", ["city", "turnover", "cls"]),
        ("sideways:city", ["city", "turnover", "cls"]),
    ],
)
def test_a_column_moves_in_the_dialog(browser_of: Browsers, one: None, act: str, expected: list[str]) -> None:
    hos = browser_of(Role.HOS)
    sent = {"order": ["city", "turnover", "cls"], "col": ["turnover"], "do": act}
    shown = hos.post(CHOOSE, sent).context["columns"]
    assert [column.key for column, _is_on, _is_moved in shown][:3] == expected
    assert [column.key for column, is_on, _is_moved in shown if is_on] == ["turnover"]
    part = hos.post(CHOOSE, sent, headers={"hx-request": "true"}).content.decode()
    assert part.lstrip().startswith("<fieldset")
    assert len(heads(hos)) == 10, "nothing is kept yet"


def test_a_width_is_kept_until_it_is_taken_back(
    browser_of: Browsers, people: People, one: None, django_assert_max_num_queries: Any
) -> None:
    hos = browser_of(Role.HOS)
    for sent, kept in (("90", 90), ("5", 48), ("9999", 800), ("", None), ("120", 120)):
        assert hos.post(WIDTH, {"column": "turnover", "width": sent}).status_code == 204
        assert dict(heads(hos))["turnover"] == kept
    hos.post(CHOOSE, {"col": ["turnover"]})
    assert heads(hos) == [("name", None), ("turnover", 120)], "choosing columns leaves the widths"
    with django_assert_max_num_queries(12):
        hos.get(LIST)
    hos.post(CHOOSE, {"do": "reset"})
    assert (len(heads(hos)), dict(heads(hos))["turnover"]) == (10, None)
    people[Role.HOS].refresh_from_db()
    assert people[Role.HOS].looks == {"clients": {"columns": [], "widths": {}}}


@pytest.mark.parametrize("sent", [{}, {"column": "x", "width": "9"}, {"column": "cls", "width": "-9"}])
def test_a_width_that_makes_no_sense_is_refused(browser_of: Browsers, people: People, sent: dict[str, str]) -> None:
    assert browser_of(Role.HOS).post(WIDTH, sent).status_code == 400
    people[Role.HOS].refresh_from_db()
    assert people[Role.HOS].looks == {}
