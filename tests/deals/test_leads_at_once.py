"""Two people and one lead at the same moment, on two connections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Thread
from time import monotonic, sleep
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from clients.models import Client
from deals.leads import actions, converting
from deals.leads.models import Enquiry, Lead, LeadChannel
from deals.leads.said import Said
from staff.models import Employee
from tests import make
from tests.at_once import MOST_SECONDS, waits

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 7, 16, 12, 0, tzinfo=ZoneInfo("Europe/Moscow"))


def at_once(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Let the second act while the first has not committed yet."""
    faults: list[BaseException] = []

    def other() -> None:
        try:
            second()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    thread = Thread(target=other)
    with transaction.atomic():
        first()
        thread.start()
        end = monotonic() + MOST_SECONDS
        while thread.is_alive() and not waits() and monotonic() < end:
            sleep(0.02)
        assert thread.is_alive(), "the second did not wait for the first"
    thread.join(MOST_SECONDS)
    assert not thread.is_alive()
    assert faults == []


@pytest.fixture
def two() -> tuple[Employee, Employee]:
    """Make two people."""
    return make.employee("first"), make.employee("second")


def test_two_people_converting_one_lead_make_one_client(two: tuple[Employee, Employee]) -> None:
    lead = make.lead("Текстиль Дом", "Анна", responsible=two[0], phone="+79210000001")
    made: list[Client] = []

    def convert(person: Employee) -> None:
        fields: dict[str, Any] = {"into": None, "name": "Текстиль Дом", "inn": "", "owner": person}
        made.append(converting.convert(lead=lead, acting_user=person, now=NOW, **fields))

    at_once(lambda: convert(two[0]), lambda: convert(two[1]))
    assert len(made) == 2
    assert set(made) == {Client.objects.get()}
    assert Client.objects.get().contacts.count() == 1


@pytest.mark.parametrize("is_same_form", [True, False])
def test_two_enquiries_of_one_phone_make_one_lead(two: tuple[Employee, Employee], is_same_form: bool) -> None:
    source, branch = make.lead_source(), make.branch()
    numbers = [uuid4()] * 2 if is_same_form else [uuid4(), uuid4()]

    def receive(number: int) -> None:
        said = Said(
            LeadChannel.FORM, source, branch, numbers[number], person="Анна", phone="+79210000001",
            phone_key="+79210000001",
        )  # fmt: skip
        actions.receive(said=said, acting_user=None, now=NOW)

    at_once(lambda: receive(0), lambda: receive(1))
    assert Lead.objects.count() == 1
    assert Enquiry.objects.count() == (1 if is_same_form else 2)
