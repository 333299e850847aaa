"""What a morning asks of invoices: tasks of contact days, the head's tasks, and what the night reads."""

from __future__ import annotations

from datetime import date

import pytest

from clients.models import Client, Standing
from deals import orders
from deals.dealing.models import Deal
from deals.invoices import actions, daily
from deals.invoices.models import Invoice, InvoiceRules
from deals.models import Task
from deals.pipelines.models import Stage
from staff.access import Role
from staff.models import Absence, CalendarDay, Employee
from tests import make
from tests.invoices.scene import NOW, approve, ask, issue, pay, speak

pytestmark = pytest.mark.django_db
People = dict[str, Employee]
DAYS = {n: date(2026, 7, day) for n, day in enumerate((14, 15, 16, 17, 20, 21), start=1)}  # of an invoice of 14 July


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM])


@pytest.fixture
def csm(people: People) -> Employee:
    return people[Role.CSM]


def tasks() -> list[tuple[str, date, str]]:
    """Say the open tasks of the program: whose, by when, of which invoice."""
    found = Task.objects.open().exclude(origin="").order_by("pk")
    return [(task.assignee.role, task.due_on, task.invoice.number if task.invoice else "") for task in found]


def walk(upto: int) -> None:
    for n in range(1, upto + 1):
        daily.run(DAYS[n])


@pytest.mark.parametrize(
    ("is_new", "day", "expected"),
    [
        (True, 1, {"contacts": 0, "escalations": 0}),
        (True, 2, {"contacts": 1, "escalations": 0}),
        (True, 3, {"contacts": 1, "escalations": 1}),
        (True, 4, {"contacts": 1, "escalations": 1}),  # of day 3: a day the program did not run
        (False, 2, {"contacts": 1, "escalations": 0}),
        (False, 3, {"contacts": 1, "escalations": 1}),
        (False, 5, {"contacts": 1, "escalations": 1}),
        (False, 6, {"contacts": 0, "escalations": 0}),  # overdue
    ],
)
def test_each_day_asks_once_what_it_asks(
    client: Client, csm: Employee, is_new: bool, day: int, expected: dict[str, int]
) -> None:
    issue(client, csm)
    Invoice.objects.update(is_of_new=is_new)
    assert daily.run(DAYS[day]) == expected
    assert daily.run(DAYS[day]) == {"contacts": 0, "escalations": 0}


def test_a_new_client_is_asked_again_on_day_three_unless_the_task_is_still_open(client: Client, csm: Employee) -> None:
    issue(client, csm)
    walk(2)
    assert tasks() == [("csm", DAYS[2], "1")]
    walk(3)
    assert tasks() == [("csm", DAYS[2], "1"), ("csh", DAYS[3], "1")]
    speak(list(Invoice.objects.all()), csm, "no_answer", today=DAYS[2])
    assert tasks() == [("csh", DAYS[3], "1")]
    daily.run(DAYS[3])
    assert tasks() == [("csh", DAYS[3], "1"), ("csm", DAYS[3], "1")]


@pytest.mark.parametrize("result", ["will_pay", "changes", "refuses", "no_answer"])
def test_what_is_agreed_needs_no_head(client: Client, csm: Employee, result: str) -> None:
    issue(client, csm)
    walk(2)
    speak(
        list(Invoice.objects.all()), csm, result, today=DAYS[2], promised_on=DAYS[5] if result == "will_pay" else None
    )
    daily.run(DAYS[3])
    heads = [who for who, _day, _number in tasks() if who == "csh"]
    assert heads == ([] if result in ("will_pay", "changes") else ["csh"])
    speak(list(Invoice.objects.all()), csm, "will_pay", today=DAYS[3])
    assert [who for who, _day, _number in tasks() if who == "csh"] == []


def test_a_promised_day_is_waited_for(client: Client, csm: Employee) -> None:
    issue(client, csm)
    speak(list(Invoice.objects.all()), csm, today=DAYS[1], promised_on=DAYS[3])
    assert [daily.run(DAYS[n])["contacts"] for n in (2, 3)] == [0, 0]
    assert daily.run(DAYS[4])["contacts"] == 1


def test_money_and_cancelling_end_the_work(client: Client, csm: Employee) -> None:
    issue(client, csm, "1", 100)
    issue(client, csm, "2", 100)
    daily.run(DAYS[3])
    assert len(tasks()) == 4
    pay(client, csm, 100, "1")
    assert {number for _who, _day, number in tasks()} == {"2"}
    rows = Invoice.objects.filter(number="2")
    actions.cancel(invoices=rows, reason="refused", comment="Нет", acting_user=csm, now=NOW)
    assert tasks() == []
    assert daily.run(DAYS[4]) == {"contacts": 0, "escalations": 0}


def test_days_are_those_of_the_branch_and_tasks_of_who_works(client: Client, csm: Employee, people: People) -> None:
    CalendarDay.objects.create(branch=client.branch, day=DAYS[2], is_working=False)
    substitute = people[Role.BDM_KEY]
    Absence.objects.create(employee=csm, starts_on=DAYS[1], ends_on=DAYS[6], substitute=substitute)
    issue(client, csm)
    assert daily.run(DAYS[2])["contacts"] == 0
    daily.run(DAYS[3])
    assert tasks() == [("bdm_key", DAYS[3], "1")]


def test_changed_rules_hold_from_the_next_morning(client: Client, csm: Employee) -> None:
    issue(client, csm)
    InvoiceRules.objects.create(contact_days_new=[4], escalation_day=5)
    assert [daily.run(DAYS[n]) for n in (2, 3)] == [{"contacts": 0, "escalations": 0}] * 2
    assert daily.run(DAYS[4]) == {"contacts": 1, "escalations": 0}


def test_the_queries_of_a_morning_do_not_grow(
    client: Client, csm: Employee, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for upto in (range(3), range(3, 30)):
        for n in upto:
            issue(client, csm, f"{upto.start}-{n}")
        with CaptureQueriesContext(connection) as asked:
            daily.run(DAYS[3])
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- what the night reads ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "last_purchase_on", "as_of", "is_in_work"),
    [
        (0, None, DAYS[1], True),
        (0, None, DAYS[5], True),
        (0, None, DAYS[6], False),  # it can no longer be paid
        (40, None, DAYS[6], False),
        (100, None, DAYS[6], True),  # paid, and not shipped
        (100, date(2026, 7, 13), DAYS[6], True),
        (100, date(2026, 7, 14), DAYS[6], False),  # shipped
        (0, date(2026, 7, 14), DAYS[2], False),
        (0, None, date(2026, 7, 13), False),  # not issued yet
    ],
)
def test_an_order_is_in_work_while_its_invoice_is_paid_or_valid_and_not_shipped(
    client: Client, csm: Employee, paid: int, last_purchase_on: date | None, as_of: date, is_in_work: bool
) -> None:
    issue(client, csm)
    if paid:
        pay(client, csm, paid)
    Standing.objects.update(last_purchase_on=last_purchase_on)
    assert orders.in_work(as_of) == ([client.pk] if is_in_work else [])


@pytest.mark.parametrize(
    ("purpose", "is_past", "as_of", "is_in_work"),
    [
        ("shipment", True, DAYS[2], True),
        ("shipment", True, date(2026, 7, 13), False),  # not there yet
        ("shipment", False, DAYS[2], False),
        ("contract", True, DAYS[2], False),
    ],
)
def test_a_shipment_deal_past_the_offer_is_an_order_in_work(
    client: Client, csm: Employee, purpose: str, is_past: bool, as_of: date, is_in_work: bool
) -> None:
    pipeline = make.pipeline(purpose)
    Stage.objects.filter(code=f"{purpose}-1").update(is_past_offer=is_past)
    made = make.deal(client, csm, DAYS[1], pipeline=pipeline)
    assert orders.in_work(as_of) == ([client.pk] if is_in_work else [])
    Deal.objects.filter(pk=made.pk).update(stage=pipeline.stages.get(kind="won"), state="won", closed_on=DAYS[1])
    assert orders.in_work(as_of) == []


def test_a_cancelled_invoice_is_no_order(client: Client, csm: Employee) -> None:
    issue(client, csm)
    actions.cancel(invoices=Invoice.objects.all(), reason="other", comment="Ошибка", acting_user=csm, now=NOW)
    assert orders.in_work(DAYS[2]) == []


def test_a_first_invoice_is_unconfirmed_from_the_night_of_day_three(client: Client, csm: Employee) -> None:
    made = issue(client, csm)
    found = [daily.Unconfirmed(client.pk, made.pk, DAYS[1], DAYS[3])]
    assert [daily.unconfirmed(DAYS[n]) for n in (1, 2, 3, 4)] == [[], [], found, found]
    speak([made], csm, "no_answer")
    assert daily.unconfirmed(DAYS[3]) == found
    speak([made], csm, "will_pay")
    assert daily.unconfirmed(DAYS[3]) == []


def test_only_a_client_that_never_bought_and_never_paid_is_unconfirmed(client: Client, csm: Employee) -> None:
    issue(client, csm, "1")
    Standing.objects.update(life_cycle="new", purchases=1)
    assert daily.unconfirmed(DAYS[3]) == []
    Standing.objects.update(life_cycle="potential", purchases=0)
    pay(client, csm, 1)
    assert daily.unconfirmed(DAYS[3]) == []


def test_a_deferred_invoice_is_worked_on_its_days_and_holds_its_term(
    client: Client, csm: Employee, people: People
) -> None:
    approve(ask(client, csm), people[Role.HOS])
    issue(client, csm)
    assert daily.run(DAYS[6]) == {"contacts": 1, "escalations": 1}
    assert orders.in_work(DAYS[6]) == [client.pk]
