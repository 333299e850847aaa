"""Special tasks: whom they are for, what they become, how they end, what is counted by person and month."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from clients.models import Client
from deals import actions as base
from deals.models import Task
from deals.special import actions
from deals.special.models import SpecialState, SpecialTask, SpecialTaskLine
from staff.models import Employee
from tests import make
from tests.special.scene import NOW, ROW, chosen, made

pytestmark = pytest.mark.django_db
People = dict[str, Employee]


@pytest.fixture
def clients(people: People, today: date) -> list[Client]:
    return [make.client(f"Клиент {number}", people["csm"]) for number in range(3)]


def done(task: Task, person: Employee, said: str = "Ответы получены") -> None:
    base.finish(tasks=Task.objects.filter(pk=task.pk), result=said, acting_user=person, now=NOW)


def tasks_of(special: SpecialTask) -> Any:
    return Task.objects.filter(special_line__special_task=special).order_by("pk")


def test_one_task_per_client_for_its_owner_or_one_per_person(people: People, clients: list[Client]) -> None:
    hos, csm, key = people["hos"], people["csm"], people["bdm_key"]
    other = make.client("Ключевой", key)
    of_clients = made(hos, [*clients, other], ends_on=date(2026, 8, 2))  # a Sunday: the Friday before
    got = [(one.client, one.assignee, one.due_on, one.needs_result, one.author) for one in tasks_of(of_clients)]
    friday = date(2026, 7, 31)
    assert got == [(one, csm, friday, True, hos) for one in clients] + [(other, key, friday, True, hos)]
    assert {one.client for one in tasks_of(made(hos, [*clients, other], [key]))} == {other}
    of_people = made(hos, people=[csm, key])
    assert {(one.client, one.assignee) for one in tasks_of(of_people)} == {(None, csm), (None, key)}
    clients[0].refresh_from_db()
    assert clients[0].standing.next_task_on == friday


def test_what_is_refused_changes_nothing(people: People, clients: list[Client]) -> None:
    hos = people["hos"]
    joined = make.client("Присоединённый", people["csm"], merged_into=clients[0])
    archived = make.client("Архивный", people["csm"], archived_on=date(2026, 7, 1), archive_reason="once")
    seen = chosen(clients)
    cases: list[tuple[str, actions.Choice, Employee, dict[str, Any]]] = [
        ("nobody", actions.Choice(), hos, {}),
        ("over", seen, hos, {"starts_on": date(2026, 7, 1), "ends_on": date(2026, 7, 15)}),
        ("not his kind", seen, people["marketer"], {}),
        ("a manager", seen, people["csm"], {}),
        ("archived", actions.Choice({archived.pk: people["csm"].pk}), hos, {}),
        ("joined", actions.Choice({joined.pk: people["csm"].pk}), hos, {}),
        ("another owner", actions.Choice({clients[0].pk: people["bdm_key"].pk}), hos, {}),
    ]
    refused = []
    for name, choice, person, fields in cases:
        try:
            actions.give(fields=ROW | fields, choice=choice, submission=uuid4(), acting_user=person, now=NOW)
        except actions.Refused:
            refused.append(name)
    assert refused == [name for name, *_rest in cases]
    assert (SpecialTask.objects.count(), Task.objects.count()) == (0, 0)
    with translation.override("en"), pytest.raises(actions.Refused, match="Клиент 1"):
        actions.named([clients[0].pk, clients[1].pk, clients[1].pk])
    left = chosen([*clients, archived])
    assert (left.count, left.archived) == (3, 1)
    gone = make.employee("gone", is_active=False)
    assert chosen([make.client("Ничей", gone)]).ownerless == 1


def test_the_same_form_makes_one_and_marketing_sets_its_own(people: People, clients: list[Client]) -> None:
    number = uuid4()
    first = made(people["marketer"], clients, kind="marketing", submission=number)
    assert made(people["marketer"], clients, kind="marketing", submission=number) == first
    assert Task.objects.count() == SpecialTaskLine.objects.count() == 3


@pytest.mark.parametrize("state", [SpecialState.CLOSED, SpecialState.CANCELLED])
def test_its_end_drops_what_is_open(people: People, clients: list[Client], state: SpecialState) -> None:
    hos = people["hos"]
    special = made(hos, clients)
    done(tasks_of(special)[0], people["csm"])
    told: dict[str, Any] = {"special_task": special, "state": state, "reason": "Снята", "acting_user": hos, "now": NOW}
    with pytest.raises(actions.Refused):
        actions.finish(seen=7, **told)
    assert actions.finish(seen=1, **told) == 2
    row = SpecialTaskLine.objects.all().by_person_and_month().get()
    assert (row["given"], row["done"]) == ((3, 1) if state == SpecialState.CLOSED else (1, 1))
    assert sorted(tasks_of(special).values_list("state", flat=True)) == ["cancelled", "cancelled", "done"]
    clients[1].refresh_from_db()
    assert clients[1].standing.next_task_on is None
    with pytest.raises(actions.Refused):
        actions.finish(seen=2, **told)


def test_share_done_by_person_and_month(people: People, clients: list[Client]) -> None:
    hos, csm, key = people["hos"], people["csm"], people["bdm_key"]
    july = made(hos, clients)
    made(hos, people=[key], ends_on=date(2026, 8, 31))
    first, second, third = tasks_of(july)
    done(first, csm)
    base.finish(tasks=Task.objects.filter(pk=second.pk), result="x", acting_user=csm, now=NOW.replace(month=8))
    base.cancel(tasks=Task.objects.filter(pk=third.pk), reason="x", acting_user=hos, now=NOW)
    rows = SpecialTaskLine.objects.all().by_person_and_month()
    told = [(one["person"], one["month"], one["given"], one["done"], one["in_time"]) for one in rows]
    assert told == [(csm.pk, date(2026, 7, 1), 2, 2, 1), (key.pk, date(2026, 8, 1), 1, 0, 0)]


def test_who_sees_which_lines(people: People, clients: list[Client], today: date) -> None:
    key = people["bdm_key"]
    special = made(people["hos"], [*clients, make.client("Ключевой", key)])
    marketing = made(people["marketer"], clients, kind="marketing")
    far = make.employee("far", branch=make.branch("ekb"))
    elsewhere = made(people["hos"], people=[far])
    cases = {
        "csm": ({special, marketing}, 6),
        "bdm_key": ({special}, 1),
        "bdm_recovery": (set(), 0),
        "marketer": ({marketing}, 3),
        "branch_head": ({special, marketing}, 7),
        "hos": ({special, marketing, elsewhere}, 8),
        "director": ({special, marketing, elsewhere}, 8),
        "deputy_it": (set(), 0),
    }
    for role, (found, lines) in cases.items():
        person = people[role]
        assert (role, set(SpecialTask.objects.visible_to(person, today))) == (role, found)
        assert (role, SpecialTaskLine.objects.visible_to(person, today).count()) == (role, lines)
