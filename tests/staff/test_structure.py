"""The structure: the tree of each line, vacancies, what changed since it was approved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse

from salescrm.base.jobs import Refused
from staff.access import Role
from staff.models import Employee, Position
from staff.structure import actions, reading
from staff.structure.models import StructureVersion
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
NOW = datetime(2026, 7, 16, 9, tzinfo=UTC)
People = dict[str, Employee]
URL = "staff:structure"


def lead(person: Employee, head: Employee | None, line: str = "administrative") -> None:
    """Give a person a head."""
    setattr(person, f"{line}_head", head)
    person.save()


def shape(line: str) -> list[tuple[str, int, int, str]]:
    """Return the tree as log-ins with depth, people below and the other head."""
    return [
        (node.person.username, node.depth, node.led, node.other_head) for node in reading.tree(reading.people(), line)
    ]


def approve(people: People, seen: int = 0, by: str = "director") -> StructureVersion:
    return actions.approve(note="", seen=seen, acting_user=people[by], now=NOW)


@pytest.fixture
def lines(branch: Any) -> People:
    """Four people: a head with two managers, one of whom answers to somebody else functionally."""
    made = {name: make.employee(name, Role.CSM) for name in ("d_head", "a_first", "b_second", "c_other")}
    for name in ("a_first", "b_second"):
        lead(made[name], made["d_head"])
        lead(made[name], made["d_head"], "functional")
    lead(made["b_second"], made["c_other"], "functional")
    return made


def test_each_line_has_its_own_tree(lines: People) -> None:
    other, head = lines["c_other"].short_name, lines["d_head"].short_name
    assert shape("administrative") == [
        ("c_other", 0, 0, ""), ("d_head", 0, 2, ""), ("a_first", 1, 0, ""), ("b_second", 1, 0, other),
    ]  # fmt: skip
    assert shape("functional") == [
        ("c_other", 0, 1, ""), ("b_second", 1, 0, head), ("d_head", 0, 1, ""), ("a_first", 1, 0, ""),
    ]  # fmt: skip


def test_who_lost_the_head_and_who_stands_in_a_ring_are_there(lines: People) -> None:
    Employee.objects.filter(pk=lines["d_head"].pk).update(is_active=False)
    assert [(name, depth) for name, depth, *_more in shape("administrative")] == [
        ("a_first", 0), ("b_second", 0), ("c_other", 0),
    ]  # fmt: skip
    Employee.objects.filter(pk=lines["a_first"].pk).update(administrative_head=lines["b_second"])
    Employee.objects.filter(pk=lines["b_second"].pk).update(administrative_head=lines["a_first"])
    assert {name for name, *_more in shape("administrative")} == {"a_first", "b_second", "c_other"}


def test_vacancies_are_what_nobody_holds(people: People) -> None:
    csm = Position.objects.create(code="csm", name="Менеджер", role=Role.CSM)
    key = Position.objects.create(code="bdm_key", name="Развитие", role=Role.BDM_KEY)
    hos, spb = people["hos"], people["hos"].branch
    for position, units in ((csm, 3), (key, 1)):
        actions.set_units(branch=spb, position=position, units=units, acting_user=hos)
    Employee.objects.filter(username__in=("csm", "csh")).update(position=csm)
    found = {one.title: (one.units, len(one.holders), one.vacant) for one in reading.staffed(reading.people())}
    assert (found["Менеджер"], found["Развитие"]) == ((3, 2, 1), (1, 0, 1))
    beyond = [one for one in reading.staffed(reading.people()) if one.post is None]
    assert sum(len(one.holders) for one in beyond) == len(people) - 2
    actions.set_units(branch=spb, position=csm, units=1, acting_user=hos)
    assert next(one.vacant for one in reading.staffed(reading.people()) if one.title == "Менеджер") == -1
    with pytest.raises(Refused):  # two were looked at, one is there
        actions.set_units(branch=spb, position=csm, units=9, acting_user=hos, seen=2)
    with pytest.raises(PermissionDenied):
        actions.set_units(branch=spb, position=csm, units=9, acting_user=people["csh"])


def test_what_changed_since_approval_is_said(people: People) -> None:
    version = approve(people)
    assert reading.changed_since(version, reading.people()) == []
    with pytest.raises(Refused, match="Ничего не изменилось"):
        approve(people, version.pk)
    csm, head = people["csm"], people["csh"]
    lead(csm, head)
    make.employee("newcomer", first_name="Новый", last_name="Человек")
    Employee.objects.filter(username="operator").update(is_active=False)
    post = Position.objects.create(code="csm", name="Менеджер", role=Role.CSM)
    actions.set_units(branch=csm.branch, position=post, units=2, acting_user=people["hos"])
    said = reading.changed_since(version, reading.people())
    assert set(said) == {
        f"{csm.short_name}, административный руководитель: – → {head.short_name}",
        "Новый Человек: принят",
        f"{people['operator'].short_name}: уволен",
        f"Менеджер, {csm.branch}, единиц: 0 → 2",
    }
    with pytest.raises(Refused, match="тем временем"):
        approve(people)
    with pytest.raises(PermissionDenied):
        approve(people, version.pk, by="hos")
    assert approve(people, version.pk).pk != version.pk


def test_the_page_and_the_forms(people: People, browser_of: Callable[[str], Browser]) -> None:
    director, csm = browser_of("director"), browser_of("csm")
    page = csm.get(reverse(URL))
    assert page.context["people"] == len(people)
    assert "not approved yet" in page.content.decode()
    assert reverse("staff:structure-approve") not in page.content.decode()
    sent = {"note": "на год", "seen": "0"}
    assert director.post(reverse("staff:structure-approve"), sent).status_code == 302
    assert director.post(reverse("staff:structure-approve"), sent).status_code == 422  # the second click
    assert "approved on" in csm.get(reverse(URL)).content.decode()
    position = Position.objects.create(code="csm", name="Менеджер", role=Role.CSM)
    posted = {"branch": people["hos"].branch_id, "position": position.pk, "units": "50"}
    assert browser_of("hos").post(reverse("staff:structure-post"), posted).status_code == 302
    assert csm.get(reverse(URL)).context["vacant"] == 50


def test_the_page_asks_the_same_with_3_and_30_people(
    people: People, browser_of: Callable[[str], Browser], django_assert_max_num_queries: Any
) -> None:
    browser, costs = browser_of("hos"), []
    approve(people)
    browser.get(reverse(URL))
    for n in range(30):
        make.employee(f"more{n}", administrative_head=people["csh"])
        if n in (2, 29):
            with django_assert_max_num_queries(14) as counted:
                browser.get(reverse(URL))
            costs.append(len(counted))
    assert costs[0] == costs[1]
