"""The night's step of contacts: which norm holds, since when, and the tasks of terms that run out (R89-R93, R98)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from clients.models import Client, Segment, Sphere, Standing
from deals import actions
from deals.models import Priority, Task
from salescrm.base.models import StepRun
from segmentation.contact_norm import ContactNorm
from segmentation.models import RuleSet
from segmentation.steps import Night, contacts
from staff.access import Role
from staff.models import Absence, CalendarDay, Employee
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
NIGHT = date(2026, 7, 15)  # a Wednesday
ACTIVE: dict[str, Any] = {"life_cycle": "active"}


@pytest.fixture
def owner() -> Employee:
    """The owner of the clients, with rules and the norm in force."""
    make.rule_set()
    make.contact_norm()
    return make.employee("owner")


def night(day: date = NIGHT) -> Any:
    """Run the step alone."""
    return contacts.run(Night(day, RuleSet.objects.get(), None))


def norm_of(client: Client) -> tuple[int | None, int | None]:
    standing = Standing.objects.get(client=client)
    return standing.contact_months, standing.contact_days


def internet_shop() -> Segment:
    return Segment.objects.create(
        sphere=Sphere.objects.create(code="trade", name="Торговля"), code="trade_internet", name="Интернет"
    )


# --- which norm -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        ({"life_cycle": "active", "top": True}, (1, None)),
        ({"life_cycle": "new"}, (2, None)),
        ({"life_cycle": "new", "top": True}, (1, None)),
        ({"life_cycle": "active"}, (4, None)),
        ({"life_cycle": "zero"}, (None, 7)),
        ({"life_cycle": "zero", "top": True}, (None, 7)),
        ({"life_cycle": "potential"}, (None, None)),
        ({"life_cycle": "lost", "top": True}, (None, None)),
        ({"life_cycle": "archived"}, (None, None)),
    ],
)
def test_the_norm_hangs_on_what_the_client_is(standing: dict[str, Any], expected: tuple[Any, Any]) -> None:
    make.rule_set()
    make.contact_norm(top_months=1, new_months=2, shop_months=3, other_months=4, zero_attempts=2)
    client = make.client("Клиент", make.employee("owner"), standing=standing)
    night()
    assert norm_of(client) == expected


@pytest.mark.parametrize(
    ("role", "is_shop", "standing", "expected"),
    [
        (Role.CSH, True, ACTIVE, 2),
        (Role.CSM, True, ACTIVE, 3),  # R92 speaks of the shops of the head of client service
        (Role.CSH, False, ACTIVE, 3),
        (Role.CSH, True, {"life_cycle": "active", "top": True}, 1),
    ],
)
def test_internet_shops_of_the_head_of_client_service_have_their_own(
    role: str, is_shop: bool, standing: dict[str, Any], expected: int
) -> None:
    make.rule_set()
    make.contact_norm(shop_months=2)
    segment = internet_shop() if is_shop else None
    client = make.client("Магазин", make.employee("owner", role), segment=segment, standing=standing)
    night()
    assert norm_of(client) == (expected, None)


def test_no_attempts_are_asked_for_when_the_norm_says_none() -> None:
    make.rule_set()
    make.contact_norm(zero_attempts=0)
    client = make.client("Молчит", make.employee("owner"), standing={"life_cycle": "zero"})
    night()
    assert norm_of(client) == (None, None)


def test_without_a_norm_in_force_nobody_has_one(owner: Employee) -> None:
    client = make.client("Клиент", owner, standing=ACTIVE)
    night()
    assert norm_of(client) == (3, None)
    ContactNorm.objects.update(effective_from=NIGHT + timedelta(days=2))
    night(NIGHT + timedelta(days=1))
    standing = Standing.objects.get(client=client)
    assert norm_of(client) == (None, None)
    assert (standing.contact_since, standing.contact_from, standing.contact_due_on) == (None, None, None)


def test_the_version_of_the_nights_day_holds(owner: Employee) -> None:
    make.contact_norm(effective_from=NIGHT + timedelta(days=1), other_months=6, mode="calendar")
    client = make.client("Клиент", owner, standing=ACTIVE)
    night()
    assert norm_of(client) == (3, None)
    night(NIGHT + timedelta(days=1))
    standing = Standing.objects.get(client=client)
    assert (standing.contact_months, standing.contact_by_calendar) == (6, True)
    assert standing.contact_since == NIGHT, "another length is the same sort of norm"


def test_the_day_under_the_norm_begins_anew_with_the_sort_of_norm(owner: Employee) -> None:
    client = make.client("Клиент", owner, standing=ACTIVE)
    since = []
    for n, life_cycle in enumerate(("active", "active", "zero", "zero", "active", "lost", "active")):
        Standing.objects.update(life_cycle=life_cycle)
        night(NIGHT + timedelta(days=n))
        since.append(Standing.objects.get(client=client).contact_since)
    days = [NIGHT + timedelta(days=n) for n in range(7)]
    assert since == [days[0], days[0], days[2], days[2], days[4], None, days[6]]


def test_many_newcomers_of_one_night_are_spread_over_their_term(
    owner: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "MOST_AT_ONCE", 2)
    spoken = due(owner, date(2026, 7, 1))
    made = [make.client(f"c{n}", owner, standing=ACTIVE) for n in range(4)]
    night()
    standings = {one.client_id: one for one in Standing.objects.filter(client__in=made)}
    days = [(NIGHT - (standings[one.pk].contact_since or NIGHT)).days for one in made]
    assert days == [one.pk % (3 * 28) for one in made]
    assert all(one.contact_due_on and one.contact_due_on > NIGHT for one in standings.values()), "none is late at once"
    assert Standing.objects.get(client=spoken).contact_from == date(2026, 7, 1), "who was spoken with keeps that day"
    late = make.client("late", owner, standing=ACTIVE)
    night(NIGHT + timedelta(days=1))
    assert Standing.objects.get(client=late).contact_since == NIGHT + timedelta(days=1), "one alone is not spread"
    kept = {one.client_id: one.contact_since for one in Standing.objects.filter(client__in=made)}
    assert kept == {pk: one.contact_since for pk, one in standings.items()}


def test_spread_zero_clients_are_not_late_at_once(owner: Employee, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "MOST_AT_ONCE", 2)
    for n in range(16):
        make.client(f"c{n}", owner, standing={"life_cycle": "zero"})
    night()
    found = Standing.objects.values_list("contact_since", "contact_due_on")
    assert len({since for since, _due in found}) == 14
    assert all(due_on and due_on > NIGHT for _since, due_on in found)


def test_clients_no_norm_asks_for_are_no_newcomers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "MOST_AT_ONCE", 2)
    make.rule_set()
    make.contact_norm(zero_attempts=0)
    owner = make.employee("owner")
    for n in range(4):
        make.client(f"c{n}", owner, standing={"life_cycle": "zero"})
    one = make.client("one", owner, standing=ACTIVE)
    night()
    assert Standing.objects.get(client=one).contact_since == NIGHT


@pytest.mark.parametrize("field", ["top_months", "new_months", "shop_months", "other_months"])
@pytest.mark.parametrize("months", [0, 5, 13])
def test_months_divide_a_year(field: str, months: int) -> None:
    with pytest.raises(IntegrityError, match="contact_months_divide_a_year"), transaction.atomic():
        make.contact_norm(**{field: months})


# --- tasks ------------------------------------------------------------------------------------------------------------


def due(owner: Employee, contact: date, **standing: Any) -> Client:
    """A client whose last counted contact was on a day."""
    client = make.client(f"Клиент {contact}", owner, standing=ACTIVE | standing)
    make.said(client, owner, contact)
    return client


@pytest.mark.parametrize(
    ("standing", "contact", "expected"),
    [
        ({"top": True}, date(2026, 6, 22), date(2026, 7, 22)),  # in 7 days
        ({"top": True}, date(2026, 6, 23), None),  # in 8
        ({}, date(2026, 5, 5), date(2026, 8, 5)),  # in 21
        ({}, date(2026, 5, 6), None),
        ({"top": True}, date(2026, 6, 15), date(2026, 7, 16)),  # ends on the night's day: tomorrow
        ({"top": True}, date(2026, 3, 1), date(2026, 7, 16)),  # long over
    ],
)
def test_a_task_is_set_the_norms_days_ahead(
    owner: Employee, standing: dict[str, Any], contact: date, expected: date | None
) -> None:
    client = due(owner, contact, **standing)
    told = night()
    found = Task.objects.filter(client=client).first()
    assert (found.due_on if found else None) == expected
    assert told.detail["tasks"] == (1 if expected else 0)
    assert Standing.objects.get(client=client).next_task_on == expected


def test_the_task_says_what_it_is(owner: Employee) -> None:
    client = due(owner, date(2026, 3, 2), top=True)
    night()
    task = Task.objects.get()
    assert (task.client, task.assignee, task.author, task.kind) == (client, owner, None, "call")
    assert (task.origin, task.origin_as_of) == (actions.NORM, date(2026, 3, 2))
    assert (task.priority, task.needs_result) == (Priority.HIGH, True)
    assert "раз в месяц" in task.title or "once a month" in task.title


def test_on_a_day_off_the_task_waits_for_a_working_day(owner: Employee) -> None:
    due(owner, date(2026, 3, 2))
    night(date(2026, 7, 17))  # a Friday
    assert Task.objects.get().due_on == date(2026, 7, 20)


def test_the_branchs_own_days_off_count(owner: Employee) -> None:
    CalendarDay.objects.create(branch=owner.branch, day=date(2026, 7, 16), is_working=False)
    due(owner, date(2026, 3, 2))
    night()
    assert Task.objects.get().due_on == date(2026, 7, 17)


def test_a_term_gets_one_task_however_many_nights(owner: Employee) -> None:
    client = due(owner, date(2026, 6, 18), top=True)
    for n in range(3):
        night(NIGHT + timedelta(days=n))
    task = Task.objects.get()
    actions.cancel(tasks=Task.objects.all(), reason="Не нужно", acting_user=owner, now=task.created_at)
    night(NIGHT + timedelta(days=4))
    assert Task.objects.count() == 1, "the person's word holds for this term"
    make.said(client, owner, date(2026, 7, 20))
    night(date(2026, 8, 14))
    assert Task.objects.filter(origin_as_of=date(2026, 7, 20)).count() == 1, "the next term has its own"


@pytest.mark.parametrize(
    ("planned", "expected"),
    [
        ({"kind": "call", "due_on": date(2026, 7, 17)}, 0),
        ({"kind": "meeting", "due_on": date(2026, 7, 20)}, 0),
        ({"kind": "meeting", "due_on": date(2026, 7, 10)}, 0),  # overdue, but planned
        ({"kind": "call", "due_on": date(2026, 9, 1)}, 1),  # long after the term
        ({"kind": "letter", "due_on": date(2026, 7, 17)}, 1),
        ({"kind": "call", "due_on": date(2026, 7, 17), "state": "done"}, 1),
    ],
)
def test_a_planned_contact_spares_the_task(owner: Employee, planned: dict[str, Any], expected: int) -> None:
    client = due(owner, date(2026, 6, 22), top=True)
    closed: dict[str, Any] = {"closed_at": "2026-07-14T10:00+03:00", "closed_by": owner} if "state" in planned else {}
    make.task("Моя", owner, client=client, **planned, **closed)
    night()
    assert Task.objects.filter(origin=actions.NORM).count() == expected


def test_a_planned_contact_with_another_client_spares_nothing(owner: Employee) -> None:
    due(owner, date(2026, 6, 22), top=True)
    make.task("Моя", owner, client=make.client("Другой", owner), kind="call", due_on=date(2026, 7, 17))
    night()
    assert Task.objects.filter(origin=actions.NORM).count() == 1


@pytest.mark.parametrize(
    ("starts", "ends", "is_substituted"),
    [
        (date(2026, 7, 20), date(2026, 7, 30), True),
        (date(2026, 7, 22), date(2026, 7, 23), True),
        (date(2026, 7, 13), date(2026, 7, 22), False),  # back on the day
        (date(2026, 7, 23), date(2026, 7, 30), False),
    ],
)
def test_who_stands_in_on_the_day_gets_the_task(
    owner: Employee, starts: date, ends: date, is_substituted: bool
) -> None:
    due(owner, date(2026, 6, 22), top=True)  # due on 22 July
    other = make.employee("other")
    Absence.objects.create(employee=owner, substitute=other, starts_on=starts, ends_on=ends)
    night()
    assert Task.objects.get().assignee == (other if is_substituted else owner)


def test_without_a_substitute_who_can_sign_in_it_is_the_owners(owner: Employee) -> None:
    due(owner, date(2026, 6, 22), top=True)
    gone = make.employee("gone", is_active=False)
    Absence.objects.create(employee=owner, substitute=gone, starts_on=NIGHT, ends_on=date(2026, 8, 1))
    night()
    assert Task.objects.get().assignee == owner


def test_an_owner_who_left_gets_none(owner: Employee) -> None:
    due(owner, date(2026, 6, 22), top=True)
    Employee.objects.filter(pk=owner.pk).update(is_active=False)
    night()
    assert not Task.objects.exists()


def test_the_switch_stops_the_tasks_not_the_terms(owner: Employee) -> None:
    ContactNorm.objects.update(sets_tasks=False)
    client = due(owner, date(2026, 6, 22), top=True)
    night()
    assert not Task.objects.exists()
    assert Standing.objects.get(client=client).contact_due_on == date(2026, 7, 22)


def test_a_zero_client_is_asked_an_attempt_of(owner: Employee) -> None:
    client = make.client("Молчит", owner, standing={"life_cycle": "zero"})
    night()
    assert Standing.objects.get(client=client).contact_due_on == date(2026, 7, 29)
    assert not Task.objects.exists()
    night(date(2026, 7, 22))
    task = Task.objects.get()
    assert (task.due_on, task.origin_as_of) == (date(2026, 7, 29), NIGHT)


# --- the step in the night --------------------------------------------------------------------------------------------


def test_the_night_runs_the_step_once_and_only_in_the_newest() -> None:
    owner = scene.department()
    make.contact_norm()
    client = scene.buyer("regular", owner, "2025-05-10")
    scene.night("2025-05-30")
    scene.night("2025-06-02")
    runs = StepRun.objects.filter(step="contacts").order_by("as_of")
    assert [(run.as_of.isoformat(), run.state) for run in runs] == [
        ("2025-05-30", "done"), ("2025-05-31", "skipped"), ("2025-06-01", "skipped"), ("2025-06-02", "done"),
    ]  # fmt: skip
    standing = Standing.objects.get(client=client)
    assert (standing.contact_months, standing.contact_since) == (1, scene.day("2025-05-30"))


def test_a_dry_run_sets_no_task() -> None:
    owner = scene.department()
    make.contact_norm()
    client = scene.buyer("regular", owner, "2025-05-10")
    make.said(client, owner, scene.day("2025-05-05"))
    told = scene.night("2025-05-30", dry_run=True)
    assert [step["status"] for step in told["steps"] if step["name"] == "contacts"] == ["done"]
    assert not Task.objects.exists()
    assert norm_of(client) == (None, None)


@pytest.mark.parametrize("count", [3, 30])
def test_the_step_asks_as_often_however_many_clients(
    owner: Employee, django_assert_max_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for n in range(count):
        due(owner, date(2026, 3, 2) + timedelta(days=n))
    with django_assert_max_num_queries(36):
        night()
    assert Task.objects.count() == count
