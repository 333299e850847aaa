"""Two people at one pair of clients in the same moment: one joining, and nothing written to the client that is gone."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.duplicates import joining
from clients.models import Client, Communication, Joining
from deals import actions
from deals.models import Task
from salescrm.base import clock
from salescrm.base.jobs import Refused
from staff.models import Employee
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[Client, Client, Employee], Any]


def join(kept: Client, joined: Client, person: Employee) -> Any:
    """Join the two by a form of one's own."""
    return joining.join(
        kept=kept.pk, joined=joined.pk, taken={}, submission=uuid4(), acting_user=person, today=TODAY, now=clock.now()
    )


def set_task(kept: Client, joined: Client, person: Employee) -> Any:
    """Set a task of the client that is being joined."""
    return actions.create_task(
        title="Позвонить", kind="call", assignee=person, due_on=TODAY, acting_user=person, client=joined
    )


def log(kept: Client, joined: Client, person: Employee) -> Any:
    """Log a note about the client that is being joined."""
    entry = actions.Entry(kind="note", day=TODAY, text="Просили перезвонить")
    return actions.log_communication(
        client=joined, entry=entry, submission=uuid4(), acting_user=person, now=clock.now()
    )


def at_once(act: Act, kept: Client, joined: Client, people: tuple[Employee, Employee]) -> str:
    """Let the first person join while the second acts; return what the second was told."""
    told: list[str] = []

    def other() -> None:
        try:
            act(kept, joined, people[1])
        except Refused as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    thread = Thread(target=other)
    with transaction.atomic():
        join(kept, joined, people[0])
        thread.start()
        end = monotonic() + MOST_SECONDS
        while thread.is_alive() and not waits() and monotonic() < end:
            sleep(0.02)
    thread.join(MOST_SECONDS)
    assert not thread.is_alive()
    return told[0] if told else ""


@pytest.fixture
def two() -> tuple[Client, Client, tuple[Employee, Employee]]:
    """Make two clients and two people."""
    with transaction.atomic():  # a client and its first owner are one
        people = make.employee("first"), make.employee("second")
        return make.client("Принт-Хаус", people[0]), make.client("Принт Хаус", people[0]), people


def test_two_people_joining_one_pair_make_one_joining(two: tuple[Client, Client, Any]) -> None:
    kept, joined, people = two
    assert "Принт Хаус" in at_once(join, kept, joined, people)
    assert [(one.kept, one.joined, one.made_by) for one in Joining.objects.all()] == [(kept, joined, people[0])]


def test_what_somebody_is_changing_is_shown_before_joining(two: tuple[Client, Client, Any]) -> None:
    kept, joined, people = two
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people[0])
    url = reverse("clients:client-join", args=[kept.pk, joined.pk])
    form = browser.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    answers: list[Any] = []

    def post() -> None:
        try:
            answers.append(browser.post(url, sent))
        finally:
            connection.close()

    thread = Thread(target=post)
    with transaction.atomic():
        Client.objects.filter(pk=joined.pk).update(city="Псков")
        thread.start()
        end = monotonic() + MOST_SECONDS
        while thread.is_alive() and not waits() and monotonic() < end:
            sleep(0.02)
    thread.join(MOST_SECONDS)
    assert not Joining.objects.exists()
    assert answers[0].status_code == 409
    html = answers[0].content.decode()
    assert "Псков" in html
    assert "Look, then join again." in html


@pytest.mark.parametrize("act", [set_task, log], ids=lambda act: act.__name__)
def test_nothing_is_written_to_a_client_that_was_joined_meanwhile(two: tuple[Client, Client, Any], act: Act) -> None:
    kept, joined, people = two
    assert "Принт-Хаус" in at_once(act, kept, joined, people)
    assert (Task.objects.count(), Communication.objects.count()) == (0, 0)
    act(joined, kept, people[1])  # the same, about the one that stays
    assert Task.objects.filter(client=kept).count() + Communication.objects.filter(client=kept).count() == 1


def test_without_the_lock_a_task_is_lost(two: tuple[Client, Client, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the race is there when the client is not held."""
    kept, joined, people = two
    monkeypatch.setattr(actions, "hold", lambda client: None)
    at_once(set_task, kept, joined, people)
    assert Task.objects.get().client == joined
