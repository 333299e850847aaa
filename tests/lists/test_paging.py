"""Keyset paging: forward, back and from the end, each row exactly once, with equal and empty keys."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import Client, Ownership, OwnershipReason, Standing
from salescrm.base.lists import paging
from salescrm.base.lists.filters import NumberRange, day_of, ends
from salescrm.base.lists.paging import Cursor, Sort
from staff.access import Role
from staff.models import Employee

BOUGHT = Sort("bought", "standing__last_purchase_on", "standing__client", nullable=True)
TURNOVER = Sort("turnover", "standing__turnover", "standing__client")
START = date(2026, 1, 1)

pytestmark = pytest.mark.django_db
keys = st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=12)


def fill(owner: Employee, days: list[int | None]) -> None:
    Standing.objects.all().delete()
    for n, day in enumerate(days):
        client = Client.objects.filter(name=f"c{n}").first()
        if client is None:
            client = Client.objects.create(
                name=f"c{n}", name_sort=f"c{n}", branch=owner.branch, owned_from=START, created_on=START
            )
            Ownership.objects.create(client=client, owner=owner, starts_on=START, reason=OwnershipReason.FIRST)
        bought = None if day is None else START + timedelta(days=day)
        Standing.objects.create(client=client, last_purchase_on=bought, turnover=day or 0)


def walk(sort: Sort, *, descending: bool, size: int) -> list[int]:
    """Visit all pages from the start to the end, through the texts of the URL."""
    rows = Client.objects.filter(standing__isnull=False)
    field = paging.key_field(rows, sort.path)
    cursor, seen = Cursor(), []
    while True:
        page = paging.page(rows, sort, descending=descending, cursor=cursor, size=size)
        seen += page.ids
        if not page.has_after or page.last is None:
            return seen
        cursor = paging.read(paging.write(page.last), field, forward=True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=keys, size=st.integers(1, 5), descending=st.booleans())
@pytest.mark.parametrize("sort", [BOUGHT, TURNOVER], ids=["with empty keys", "without"])
def test_it_visits_each_row_once(
    people: dict[str, Employee], sort: Sort, days: list[int | None], size: int, descending: bool
) -> None:
    fill(people[Role.CSM], days)
    rows = Standing.objects.order_by("client").values_list("last_purchase_on", "turnover", "client")
    known = [(bought if sort is BOUGHT else turnover, client) for bought, turnover, client in rows]
    expected = sorted([one for one in known if one[0] is not None], reverse=descending)
    expected += sorted([one for one in known if one[0] is None], key=lambda one: one[1], reverse=descending)
    forward = walk(sort, descending=descending, size=size)
    assert forward == [client for _key, client in expected]
    assert pages_back(sort, descending=descending, size=size) == forward


def pages_back(sort: Sort, *, descending: bool, size: int) -> list[int]:
    rows = Client.objects.filter(standing__isnull=False)
    cursor = Cursor(forward=False)
    pages: list[list[tuple[int, object]]] = []
    while True:
        found = paging.beyond(rows, sort, descending=descending, cursor=cursor, size=size)
        if not found:
            return [client for page in reversed(pages) for client, _key in reversed(page)]
        pages.append(found)
        cursor = Cursor(forward=False, key=found[-1][1], id=found[-1][0])


def test_going_back_past_the_start_gives_the_first_page(people: dict[str, Employee]) -> None:
    fill(people[Role.CSM], [0, 1, 2, 3])
    rows = Client.objects.filter(standing__isnull=False)
    ordered = paging.page(rows, TURNOVER, descending=False, cursor=Cursor(), size=4).ids
    back = Cursor(forward=False, key=1, id=ordered[1])
    page = paging.page(rows, TURNOVER, descending=False, cursor=back, size=3)
    assert (page.ids, page.has_before, page.has_after) == (ordered[:3], False, True)


@pytest.mark.parametrize(
    "text",
    ["", "_", "x", "1_x", "-1", "9999999999999999999999", "1_NaN", "1_1E+999999", "1_1E-999999", "1_\x00", "é_1"],
)
def test_a_cursor_that_makes_no_sense_is_the_first_page(text: str) -> None:
    field = Standing._meta.get_field("turnover")
    assert paging.read(text, field, forward=True) == Cursor()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-03", date(2026, 2, 3)),
        ("-3m", date(2026, 4, 30)),
        ("+10d", date(2026, 8, 10)),
        ("-0d", date(2026, 7, 31)),
    ],
)
def test_days_may_be_relative(text: str, day: date) -> None:
    assert day_of(text, date(2026, 7, 31)) == day


@pytest.mark.parametrize("text", ["3m", "31.02.2026", "2026-02-30", "-3y", "--3m"])
def test_senseless_days_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for nobody
        day_of(text, date(2026, 7, 31))


@pytest.mark.parametrize("text", ["", "..", "5", "a..b", "1e99..", "NaN..", "..inf"])
def test_senseless_ranges_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for nobody
        NumberRange("n", "n", path="n").read([text], None)  # type: ignore[arg-type]


def test_ranges_take_numbers_as_people_write_them() -> None:
    assert NumberRange("n", "n", path="n").read(["1 234,5..2\u00a0000"], None) == ("1234.5", "2000")  # type: ignore[arg-type]
    assert ends(["..5"]) == ("", "5")
