"""Every other list stands on the same paging: each row once from either end, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client as Browser

from clients.intake import views as imports
from deals.views import listing as task_list
from salescrm.base.models import Intake
from segmentation import board, nightbook, toplist
from segmentation.models import CaseState
from staff import views as staff
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.segmentation.world import NIGHT, case, classed, member, nights

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]


def top_members(people: People, upto: range) -> None:
    for n in upto:
        client = make.client(f"c{n}", people[Role.CSM])
        classed(client, "AX", n // 2 * 100)
        member(client, entered=NIGHT - timedelta(days=n // 3))


def proposals(people: People, upto: range) -> None:
    csm, recovery = people[Role.CSM], people[Role.BDM_RECOVERY]
    for n in upto:
        more = {"rule": ("top", "new", "other")[n % 3], "turnover": n // 2 * 100, "was_lost": n % 5 == 4}
        case(make.client(f"c{n}", csm), CaseState.PROPOSED, csm, recovery, **more)


def journal(people: People, upto: range) -> None:
    nights(*[NIGHT - timedelta(days=n) for n in upto])


def intakes(people: People, upto: range) -> None:
    for n in upto:
        Intake.objects.create(kind="orders", file_name=f"f{n}", created_by=people[Role.HOS])


def persons(people: People, upto: range) -> None:
    Employee.people.exclude(pk=people[Role.HOS].pk).update(is_active=False)
    for n in upto[:-1]:
        other = make.branch(("spb", "msk")[n % 2])
        make.employee(f"p{n}", last_name=f"L{n // 2}", branch=other)


def tasks(people: People, upto: range) -> None:
    for n in upto:
        make.task(f"t{n}", people[(Role.HOS, Role.CSM)[n % 2]], due_on=NIGHT + timedelta(days=n // 2))


@dataclass(frozen=True)
class Room:
    """A list: its address, where its spec stands, what makes its rows and what names one."""

    url: str
    module: ModuleType
    spec: str
    rows: str
    fill: Callable[[People, range], None]
    name: Callable[[Any], Any]


ROOMS = [
    Room("/segmentation/top/", toplist, "TOP", "rows", top_members, lambda row: row["name"]),
    Room("/segmentation/top/?view=entered&q=c", toplist, "TOP", "rows", top_members, lambda row: row["name"]),
    Room("/segmentation/zero/proposals/", board, "PROPOSALS", "rows", proposals, lambda row: row["client"].name),
    Room("/segmentation/nights/", nightbook, "NIGHTS", "nights", journal, lambda night: night.as_of),
    Room("/imports/", imports, "IMPORTS", "intakes", intakes, lambda line: line.intake.file_name),
    Room("/tasks/?state=open", task_list, "TASKS", "rows", tasks, lambda row: row.task.title),
    Room("/staff/", staff, "PEOPLE", "rows", persons, lambda row: row["person"].username),
]
every_room = pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.url)


@every_room
def test_each_row_stands_once_from_either_end(
    browser_of: Browsers, people: People, today: date, monkeypatch: pytest.MonkeyPatch, room: Room
) -> None:
    nights()
    make.branch("msk")
    room.fill(people, range(2 if room.module is nightbook else 0, 8))  # two nights are there already
    browser = browser_of(Role.HOS)
    path = room.url.partition("?")[0]
    whole = [room.name(row) for row in browser.get(room.url).context[room.rows]]
    assert len(whole) == 8
    monkeypatch.setattr(room.module, room.spec, replace(getattr(room.module, room.spec), size=2))

    def walk(url: str, onward: str) -> list[list[Any]]:
        pages = []
        while url:
            context = browser.get(url).context
            pages.append([room.name(row) for row in context[room.rows]])
            url = context["pager"][onward] and path + context["pager"][onward]
        return pages

    forward = walk(room.url, "next_url")
    assert [name for page in forward for name in page] == whole
    last = path + browser.get(room.url).context["pager"]["last_url"]
    backward = walk(last, "prev_url")
    assert [name for page in reversed(backward) for name in page] == whole
    part = browser.get(last, headers={"hx-request": "true"}).content.decode()
    assert ("<html" not in part, 'rel="prev"' in part, 'rel="next"' in part) == (True, True, False)
    for senseless in ("after=x", "before=1_x", "after=9_31.02.2026", "after=1_NaN", "at=-1", "after=%00"):
        mark = "&" if "?" in room.url else "?"
        assert browser.get(f"{room.url}{mark}{senseless}").status_code == 200


@every_room
def test_the_queries_do_not_grow_with_the_rows(
    browser_of: Browsers, people: People, today: date, django_assert_max_num_queries: Any, room: Room
) -> None:
    if room.module is not nightbook:
        nights()
    browser = browser_of(Role.HOS)
    browser.get("/healthz")  # the first request of a session writes its row
    browser.get(room.url)
    counts = []
    for upto in (range(3), range(3, 30)):
        room.fill(people, upto)
        with django_assert_max_num_queries(20) as asked:
            browser.get(room.url)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "url", ["/clients/", *sorted({room.url.partition("?")[0] for room in ROOMS if room.module is not toplist})]
)
def test_a_dialog_that_leads_here_gets_the_whole_page(browser_of: Browsers, people: People, url: str) -> None:
    from_dialog = browser_of(Role.HOS).get(url, headers={"HX-Request": "true", "HX-Target": "dialog-body"})
    assert b"<!doctype html>" in from_dialog.content[:100].lower()
    from_the_list = browser_of(Role.HOS).get(url, headers={"HX-Request": "true", "HX-Target": "rows"})
    assert b"<!doctype html>" not in from_the_list.content.lower()
