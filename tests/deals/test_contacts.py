"""What Standing says of contacts and tasks follows every entry and every act on a task at once (R94, R98)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from clients.models import Client, Communication, Standing
from deals import actions, contacts
from deals.actions import Entry, NextTask
from deals.models import Task, TaskState
from staff.access import Role
from staff.models import CalendarDay, Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
People = dict[str, Employee]
LONG_AGO = date(2026, 1, 12)


@pytest.fixture
def client(people: People, today: date) -> Client:
    """A client under a monthly norm since January."""
    standing = {"life_cycle": "active", "contact_months": 1, "contact_since": LONG_AGO}
    made = make.client("Принт-Хаус", people[Role.CSM], standing=standing)
    contacts.write_all()
    return made


def log(client: Client, author: Employee, day: date = TODAY, **entry: Any) -> Communication:
    """Log a call that counts, unless something else is said."""
    fields: dict[str, Any] = {"kind": "call", "day": day, "text": "Говорили", "result": make.result()} | entry
    next_task = fields.pop("next_task", None)
    done = fields.pop("done", None)
    return actions.log_communication(
        client=client, entry=Entry(**fields), submission=uuid4(), acting_user=author, now=timezone.now(),
        next_task=next_task, done=done,
    )  # fmt: skip


def standing(client: Client) -> Standing:
    return Standing.objects.get(client=client)


def test_without_any_contact_the_term_runs_from_the_first_day_under_the_norm(client: Client) -> None:
    one = standing(client)
    assert (one.last_contact_on, one.contact_from, one.contact_due_on) == (None, LONG_AGO, date(2026, 2, 12))


def test_a_contact_begins_a_new_term_at_once(client: Client, people: People) -> None:
    log(client, people[Role.CSM], date(2026, 7, 15))
    one = standing(client)
    assert (one.last_contact_on, one.contact_from) == (date(2026, 7, 15), date(2026, 7, 15))
    assert one.contact_due_on == date(2026, 8, 17)


@pytest.mark.parametrize("kind", ["call", "meeting", "video"])
def test_what_is_spoken_both_ways_counts(client: Client, people: People, kind: str) -> None:
    log(client, people[Role.CSM], kind=kind)
    assert standing(client).last_contact_on == TODAY


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        ("letter", {}),
        ("message", {}),
        ("note", {}),
        ("call", {"code": "no_answer", "is_reached": False, "counts": False}),
        ("call", {"code": "reached", "counts": False}),
        ("meeting", {"code": "nobody_came", "is_reached": False, "counts": False}),
    ],
)
def test_nothing_else_counts(client: Client, people: People, kind: str, result: dict[str, Any]) -> None:
    given = make.result(**result) if result or kind != "note" else None
    log(client, people[Role.CSM], kind=kind, result=None if kind == "note" else given)
    one = standing(client)
    assert (one.last_contact_on, one.contact_from) == (None, LONG_AGO)


def test_an_older_contact_written_late_changes_nothing(client: Client, people: People) -> None:
    log(client, people[Role.CSM], date(2026, 7, 10))
    log(client, people[Role.CSM], date(2026, 6, 1))
    assert standing(client).contact_from == date(2026, 7, 10)


def test_a_correction_takes_the_contact_back(client: Client, people: People) -> None:
    wrong = log(client, people[Role.CSM])
    unanswered = make.result("no_answer", is_reached=False, counts=False)
    log(client, people[Role.CSM], result=unanswered, corrects=wrong)
    one = standing(client)
    assert (one.last_contact_on, one.contact_from) == (None, LONG_AGO)


def test_a_contact_with_another_client_does_not_count(client: Client, people: People) -> None:
    other = make.client("Другой", people[Role.CSM])
    log(other, people[Role.CSM])
    assert standing(client).last_contact_on is None
    assert standing(other).contact_due_on is None, "no norm holds for it"


def test_an_attempt_restarts_the_term_of_a_zero_client(people: People, today: date) -> None:
    zero = {"life_cycle": "zero", "contact_days": 14, "contact_since": date(2026, 7, 1)}
    client = make.client("Молчит", people[Role.CSM], standing=zero)
    contacts.write([client.pk])
    assert standing(client).contact_due_on == date(2026, 7, 15)
    unanswered = make.result("no_answer", is_reached=False, counts=False)
    log(client, people[Role.CSM], date(2026, 6, 20), result=unanswered)
    assert standing(client).contact_from == date(2026, 7, 1), "before it became zero"
    log(client, people[Role.CSM], kind="letter")
    assert standing(client).contact_from == date(2026, 7, 1), "a letter is no attempt"
    log(client, people[Role.CSM], date(2026, 7, 13), result=unanswered)
    one = standing(client)
    assert (one.last_contact_on, one.contact_from, one.contact_due_on) == (
        None,
        date(2026, 7, 13),
        date(2026, 7, 27),
    )


def test_the_nearest_task_follows_every_act(client: Client, people: People) -> None:
    csm = people[Role.CSM]

    def near() -> date | None:
        return standing(client).next_task_on

    first, second = TODAY + timedelta(days=5), TODAY + timedelta(days=2)
    actions.create_task(title="a", kind="call", assignee=csm, due_on=first, acting_user=csm, client=client)
    assert near() == first
    made = actions.create_task(title="b", kind="call", assignee=csm, due_on=second, acting_user=csm, client=client)
    assert near() == second
    mine = Task.objects.filter(pk=made.pk)
    actions.snooze(tasks=mine, due_on=TODAY + timedelta(days=9), acting_user=csm)
    assert near() == first
    done = actions.finish(tasks=Task.objects.filter(title="a"), result="x", acting_user=csm, now=timezone.now())
    assert near() == TODAY + timedelta(days=9)
    actions.take_back(changed=done, acting_user=csm)
    assert near() == first
    actions.correct(task=made, fields={"due_on": second}, acting_user=csm)
    assert near() == second
    actions.cancel(tasks=Task.objects.all(), reason="x", acting_user=csm, now=timezone.now())
    assert near() is None


def test_a_task_of_no_client_writes_no_standing(client: Client, people: People) -> None:
    csm = people[Role.CSM]
    actions.create_task(title="a", kind="other", assignee=csm, due_on=TODAY, acting_user=csm)
    assert standing(client).next_task_on is None


def norm_task(client: Client, person: Employee, as_of: date = LONG_AGO) -> Task:
    """The task the night has set for a term."""
    return make.task(
        "По норме", person, due_on=TODAY, client=client, kind="call", needs_result=True, author=None,
        origin=actions.NORM, origin_as_of=as_of,
    )  # fmt: skip


def test_the_norms_task_is_done_by_the_contact(client: Client, people: People) -> None:
    task, other = norm_task(client, people[Role.CSM]), make.task("Моя", people[Role.CSM], due_on=TODAY, client=client)
    entry = log(client, people[Role.CSM], next_task=NextTask("call", date(2026, 8, 14), "Дальше", people[Role.CSM]))
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.state, task.entry, task.closed_by) == (TaskState.DONE, entry, people[Role.CSM])
    assert other.state == TaskState.OPEN
    assert standing(client).next_task_on == TODAY


@pytest.mark.parametrize("kind", ["letter", "note"])
def test_the_norms_task_stays_when_nothing_counted(client: Client, people: People, kind: str) -> None:
    task = norm_task(client, people[Role.CSM])
    log(client, people[Role.CSM], kind=kind, result=None if kind == "note" else make.result())
    task.refresh_from_db()
    assert task.is_open


def test_an_unanswered_call_leaves_the_norms_task(client: Client, people: People) -> None:
    task = norm_task(client, people[Role.CSM])
    log(client, people[Role.CSM], result=make.result("no_answer", is_reached=False, counts=False))
    task.refresh_from_db()
    assert task.is_open


def test_logging_from_the_norms_task_closes_it_once(client: Client, people: People) -> None:
    task = norm_task(client, people[Role.CSM])
    entry = log(client, people[Role.CSM], done=task)
    task.refresh_from_db()
    assert (task.state, task.entry) == (TaskState.DONE, entry)


def test_the_night_finds_nothing_to_mend_after_people(client: Client, people: People) -> None:
    csm = people[Role.CSM]
    log(client, csm, next_task=NextTask("call", date(2026, 8, 14), "Дальше", csm))
    assert contacts.write_all() == 0


def test_the_night_mends_what_was_written_past_the_actions(client: Client, people: People) -> None:
    csm = people[Role.CSM]
    other = make.client("Без нормы", csm)
    wrong = make.said(client, csm, TODAY)
    make.said(client, csm, date(2026, 7, 10))
    make.said(client, csm, TODAY, kind="letter", is_connected=False, is_two_way=False, corrects=wrong)
    make.said(other, csm, date(2026, 7, 1))
    make.task("a", csm, due_on=date(2026, 7, 20), client=client)
    make.task("b", csm, due_on=date(2026, 7, 18), client=client)
    assert contacts.write_all() > 0
    one = standing(client)
    assert (one.last_contact_on, one.contact_from) == (date(2026, 7, 10), date(2026, 7, 10))
    assert (one.contact_due_on, one.next_task_on) == (date(2026, 8, 10), date(2026, 7, 18))
    assert standing(other).last_contact_on == date(2026, 7, 1)
    assert contacts.write_all() == 0, "what it wrote is what it looks for"


def test_a_branchs_new_day_off_moves_the_terms_with_the_next_night(client: Client) -> None:
    CalendarDay.objects.create(branch=client.branch, day=date(2026, 2, 12), is_working=False)
    assert contacts.write_all() == 1
    assert standing(client).contact_due_on == date(2026, 2, 13)


def test_a_client_has_a_norm_in_months_or_in_days(client: Client) -> None:
    with pytest.raises(IntegrityError, match="standing_one_contact_norm"):
        Standing.objects.filter(client=client).update(contact_days=14)
