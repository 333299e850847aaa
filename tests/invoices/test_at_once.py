"""Two people at one client's invoices in the same moment: the second waits, and is told or comes after."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction

from clients.models import Client
from deals import actions as tasks
from deals.invoices import actions
from deals.invoices.models import Invoice, PaymentPart
from staff.models import Employee
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.invoices.scene import NOW, issue, pay

pytestmark = pytest.mark.django_db(transaction=True)
Two = tuple[Client, tuple[Employee, Employee]]


def at_once(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Let the second begin while the first is not committed; return what the second got, a fault as its text."""
    told: list[Any] = []

    def other() -> None:
        try:
            told.append(second())
        except Exception as fault:
            told.append(f"{type(fault).__name__}: {fault}")
        finally:
            connection.close()

    thread = Thread(target=other)
    with transaction.atomic():
        first()
        thread.start()
        end = monotonic() + MOST_SECONDS
        while thread.is_alive() and not waits() and monotonic() < end:
            sleep(0.02)
    thread.join(MOST_SECONDS)
    assert not thread.is_alive()
    return told[0]


@pytest.fixture
def two() -> Two:
    """Make a client of one of two people with an invoice of 100."""
    with transaction.atomic():  # a client and its first owner are one
        people = make.employee("first"), make.employee("second")
        client = make.client("Принт-Хаус", people[0])
    issue(client, people[0], "1", 100)
    return client, people


def cancel(person: Employee) -> actions.Cancelled:
    """Cancel the invoice."""
    rows = Invoice.objects.filter(number="1")
    return actions.cancel(invoices=rows, reason="refused", comment=person.username, acting_user=person, now=NOW)


def test_of_two_who_cancel_the_second_is_told(two: Two) -> None:
    _client, people = two
    told = at_once(lambda: cancel(people[0]), lambda: cancel(people[1]))
    assert ([one.number for one in told.done], [one.number for one in told.before]) == ([], ["1"])
    assert Invoice.objects.get().cancel_comment == "first"


def test_two_payments_pay_an_invoice_once(two: Two) -> None:
    client, people = two
    at_once(lambda: pay(client, people[0], 70, "1"), lambda: pay(client, people[1], 70, "1"))
    assert sorted(map(int, PaymentPart.objects.values_list("amount", flat=True))) == [30, 70]
    assert int(Invoice.objects.get().paid) == 100
    client.standing.refresh_from_db()
    assert client.standing.debt == 0


def test_money_that_came_first_is_not_cancelled_away(two: Two) -> None:
    client, people = two
    told = at_once(lambda: pay(client, people[0], 70, "1"), lambda: cancel(people[1]))
    assert [one.number for one in told.paid] == ["1"]
    assert Invoice.objects.get().cancelled_at is None


def test_a_payment_that_comes_second_waits_for_a_person(two: Two) -> None:
    client, people = two
    at_once(lambda: cancel(people[0]), lambda: pay(client, people[1], 70, "1"))
    assert (int(Invoice.objects.get().paid), PaymentPart.objects.count()) == (0, 0)


def test_without_the_lock_two_payments_go_wrong(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the race is there when the client is not held."""
    client, people = two
    monkeypatch.setattr(tasks, "hold", lambda client: None)
    told = at_once(lambda: pay(client, people[0], 70, "1"), lambda: pay(client, people[1], 70, "1"))
    assert "invoice_paid_within_amount" in str(told) or int(Invoice.objects.get().paid) != 100
