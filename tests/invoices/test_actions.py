"""Invoices, payments, contacts, deferrals: what the actions do and what the database holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import translation

from clients.models import Client, Communication, LegalEntity
from deals.actions import Refused
from deals.invoices import actions
from deals.invoices.models import Deferral, Invoice, InvoiceContact, InvoiceRules, Payment
from deals.invoices.querysets import in_state
from deals.models import Task
from salescrm.base.models import Notification
from staff.access import Role
from staff.models import CalendarDay, Employee
from tests import make
from tests.conftest import TODAY
from tests.invoices.scene import NOW, approve, ask, issue, pay, speak, states, sums

pytestmark = pytest.mark.django_db
People = dict[str, Employee]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM])


@pytest.fixture
def csm(people: People) -> Employee:
    return people[Role.CSM]


def debt(client: Client) -> int:
    client.standing.refresh_from_db()
    return int(client.standing.debt)


# --- the database -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"number": ""}, "invoice_has_a_number"),
        ({"amount": 0}, "invoice_amount"),
        ({"amount": -1}, "invoice_amount"),
        ({"paid": 101}, "invoice_paid_within_amount"),
        ({"paid": -1}, "invoice_paid_within_amount"),
        ({"valid_until": date(2026, 7, 13)}, "invoice_term"),
        ({"cancelled_at": NOW}, "invoice_cancelled_with_a_reason"),
        ({"cancel_reason": "other"}, "invoice_cancelled_with_a_reason"),
        ({"number": "2"}, "one_invoice_per_number_and_year"),
    ],
)
def test_the_database_refuses_an_invoice_that_makes_no_sense(
    client: Client, csm: Employee, fields: dict[str, Any], constraint: str
) -> None:
    made, _other = issue(client, csm, "1"), issue(client, csm, "2")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Invoice.objects.filter(pk=made.pk).update(**fields)


def test_a_cancelled_invoice_says_by_whom_why_and_has_no_money(client: Client, csm: Employee) -> None:
    made = issue(client, csm)
    whole = {"cancelled_at": NOW, "cancelled_by": csm, "cancel_reason": "other", "cancel_comment": "ошибка"}
    for lacking in ("cancelled_by", "cancel_reason", "cancel_comment"):
        with pytest.raises(IntegrityError, match="invoice_cancelled_with_a_reason"), transaction.atomic():
            Invoice.objects.update(**{**whole, lacking: None if lacking == "cancelled_by" else ""})
    with pytest.raises(IntegrityError, match="paid_invoice_is_not_cancelled"), transaction.atomic():
        Invoice.objects.update(paid=1, **whole)
    Invoice.objects.update(**whole)
    made.refresh_from_db()
    assert made.state(TODAY) == "cancelled"


def test_a_contact_about_an_invoice_stays_as_it_was_said(client: Client, csm: Employee) -> None:
    speak([issue(client, csm)], csm)
    with pytest.raises(InternalError), transaction.atomic():
        InvoiceContact.objects.update(comment="иначе")
    with pytest.raises(InternalError), transaction.atomic():
        InvoiceContact.objects.all().delete()


# --- issuing ----------------------------------------------------------------------------------------------------------


def test_an_invoice_holds_five_working_days_of_the_branch(client: Client, csm: Employee) -> None:
    made = issue(client, csm)
    assert (made.valid_until, made.responsible, made.is_of_new, made.period) == (date(2026, 7, 20), csm, True, 2026)
    CalendarDay.objects.create(branch=client.branch, day=date(2026, 7, 17), is_working=False)
    assert issue(client, csm, "2").valid_until == date(2026, 7, 21)
    InvoiceRules.objects.create(valid_days=2)
    assert issue(client, csm, "3").valid_until == date(2026, 7, 15)


@pytest.mark.parametrize(
    ("today", "paid", "state"),
    [
        (date(2026, 7, 14), 0, "issued"),
        (date(2026, 7, 20), 0, "issued"),
        (date(2026, 7, 21), 0, "overdue"),
        (date(2026, 7, 20), 40, "part_paid"),
        (date(2026, 7, 21), 40, "overdue"),
        (date(2026, 7, 21), 100, "paid"),
    ],
)
def test_the_state_follows_from_day_and_money(
    client: Client, csm: Employee, today: date, paid: int, state: str
) -> None:
    issue(client, csm)
    if paid:
        pay(client, csm, paid)
    assert states(today) == {"1": state}
    every = ("issued", "part_paid", "overdue", "paid", "cancelled")
    assert [one for one in every if Invoice.objects.filter(in_state(one, today)).exists()] == [state]


def test_the_same_form_issues_one_invoice_and_a_taken_number_none(client: Client, csm: Employee) -> None:
    submission = uuid4()
    first = issue(client, csm, "7", submission=submission)
    assert issue(client, csm, "7", submission=submission) == first
    with pytest.raises(Refused, match="number"):
        issue(client, csm, "7")
    issue(client, csm, "7", issued_on=date(2025, 7, 14))
    assert Invoice.objects.count() == 2


def test_the_manager_of_an_invoice_is_who_owned_the_client_that_day(client: Client, people: People) -> None:
    from clients.models import OwnershipReason
    from deals.actions import change_owners

    other = people[Role.BDM_RECOVERY]
    change_owners({client.pk: other.pk}, starts_on=date(2026, 7, 10), reason=OwnershipReason.MANUAL)
    assert issue(client, other, "1").responsible == other
    assert issue(client, other, "2", issued_on=date(2026, 7, 9)).responsible == people[Role.CSM]


# --- payments ---------------------------------------------------------------------------------------------------------


def parts() -> list[tuple[int, str, int]]:
    found = Payment.objects.order_by("pk").values_list("amount", "parts__invoice__number", "parts__amount")
    return [(int(amount), number or "", int(part or 0)) for amount, number, part in found.order_by("pk", "parts__pk")]


@pytest.mark.parametrize(
    ("payments", "expected", "owed"),
    [
        ([(100, "2")], [(100, "2", 100)], 250),
        ([(120, "1")], [(120, "1", 100)], 250),  # 20 more than the invoice wait for a person
        ([(30, "1"), (30, "1")], [(30, "1", 30), (30, "1", 30)], 290),
        ([(120, "")], [(120, "1", 100), (120, "2", 20)], 230),
        ([(120, "99")], [(120, "1", 100), (120, "2", 20)], 230),  # names an invoice nobody knows
        ([(350, "")], [(350, "1", 100), (350, "2", 200), (350, "3", 50)], 0),
        ([(400, "")], [(400, "1", 100), (400, "2", 200), (400, "3", 50)], 0),
        ([(50, "2"), (300, "")], [(50, "2", 50), (300, "1", 100), (300, "2", 150), (300, "3", 50)], 0),
    ],
)
def test_a_payment_pays_the_invoice_it_names_else_the_oldest(
    client: Client, csm: Employee, payments: list[tuple[int, str]], expected: list[Any], owed: int
) -> None:
    for number, amount in (("1", 100), ("2", 200), ("3", 50)):
        issue(client, csm, number, amount)
    for amount, named in payments:
        pay(client, csm, amount, named)
    assert sorted(parts()) == sorted(expected)
    assert debt(client) == owed


def test_an_advance_pays_the_next_invoice(client: Client, csm: Employee) -> None:
    pay(client, csm, 130)
    assert issue(client, csm, "1", 100).paid == 100
    assert issue(client, csm, "2", 100).paid == 30
    assert debt(client) == 70


def test_money_of_one_firm_pays_its_own_invoices_unless_it_names_another(client: Client, csm: Employee) -> None:
    other = LegalEntity.objects.create(client=client, name="Вторая")
    issue(client, csm, "1", 100)
    issue(client, csm, "2", 100, legal_entity=other)
    pay(client, csm, 150, legal_entity=other)
    assert sums() == {"1": (100, 0), "2": (100, 100)}
    pay(client, csm, 60, "1", legal_entity=other)
    assert sums() == {"1": (100, 60), "2": (100, 100)}


def test_a_payment_is_noted_once(client: Client, csm: Employee) -> None:
    issue(client, csm, "1", 100)
    submission = uuid4()
    for _n in range(2):
        pay(client, csm, 60, number="15", submission=submission)
    with pytest.raises(Refused, match="payment"):
        pay(client, csm, 60, number="15")
    assert (sums(), debt(client)) == ({"1": (100, 60)}, 40)


# --- cancelling and correcting ----------------------------------------------------------------------------------------


def cancel(author: Employee, *numbers: str) -> actions.Cancelled:
    rows = Invoice.objects.filter(number__in=numbers)
    return actions.cancel(invoices=rows, reason="refused", comment="Передумал", acting_user=author, now=NOW)


def test_cancelling_keeps_the_invoice_and_leaves_what_is_paid(client: Client, csm: Employee, people: People) -> None:
    for number in ("1", "2", "3"):
        issue(client, csm, number, 100)
    pay(client, csm, 10, "2")
    told = cancel(csm, "1", "2")
    assert [[one.number for one in group] for group in (told.done, told.paid, told.before)] == [["1"], ["2"], []]
    again = cancel(people[Role.HOS], "1")
    assert [[one.number for one in group] for group in (again.done, again.paid, again.before)] == [[], [], ["1"]]
    kept = Invoice.objects.get(number="1")
    assert (kept.cancelled_by, kept.cancel_reason, kept.cancel_comment) == (csm, "refused", "Передумал")
    assert (states(TODAY), debt(client)) == ({"1": "cancelled", "2": "part_paid", "3": "issued"}, 190)


def test_a_cancelled_invoice_takes_no_payment(client: Client, csm: Employee) -> None:
    issue(client, csm, "1", 100)
    issue(client, csm, "2", 100)
    cancel(csm, "1")
    pay(client, csm, 50, "1")  # it names the cancelled one: a person looks at it
    assert sums() == {"1": (100, 0), "2": (100, 0)}
    pay(client, csm, 40)
    assert sums() == {"1": (100, 0), "2": (100, 40)}


def correct(invoice: Invoice, author: Employee, number: str, amount: int, **fields: Any) -> Invoice:
    given: dict[str, Any] = {
        "issued_on": TODAY,
        "subject": "",
        "comment": "Другой объём",
        "submission": uuid4(),
    } | fields
    return actions.correct(invoice=invoice, number=number, amount=Decimal(amount), acting_user=author, now=NOW, **given)


@pytest.mark.parametrize(("amount", "paid", "free"), [(150, 60, 0), (60, 60, 0), (40, 40, 20)])
def test_a_corrected_invoice_takes_the_payments_along(
    client: Client, csm: Employee, amount: int, paid: int, free: int
) -> None:
    issue(client, csm, "0", 10, issued_on=date(2026, 7, 1))
    pay(client, csm, 10)
    old = issue(client, csm, "1", 100)
    pay(client, csm, 60, "1")
    made = correct(old, csm, "1-2", amount)
    old.refresh_from_db()
    assert (made.corrects, int(made.paid), old.cancel_reason, int(old.paid)) == (old, paid, "corrected", 0)
    assert sum(amount - part for amount, _number, part in parts()) == free
    assert debt(client) == amount - paid
    pay(client, csm, 5, "1")  # names the former number
    made.refresh_from_db()
    assert int(made.paid) == min(paid + 5, amount)
    with pytest.raises(Refused, match="cancelled it already"):
        correct(old, csm, "1-3", 10)


def test_a_correction_sent_twice_is_one(client: Client, csm: Employee) -> None:
    old, submission = issue(client, csm, "1", 100), uuid4()
    made = correct(old, csm, "2", 90, submission=submission)
    assert correct(old, csm, "2", 90, submission=submission) == made
    assert Invoice.objects.count() == 2


# --- contacts ---------------------------------------------------------------------------------------------------------


def test_a_contact_counts_and_sets_the_next_task(client: Client, csm: Employee) -> None:
    make.result("agreed")
    one, two = issue(client, csm, "1"), issue(client, csm, "2")
    submission = uuid4()
    for _n in range(2):
        assert speak([one, two], csm, comment="Оплатят вместе", submission=submission) == [one, two]
    said = Communication.objects.get()
    assert (said.kind, said.is_two_way, said.day) == ("call", True, TODAY)
    assert said.text.endswith("Оплатят вместе")
    found = InvoiceContact.objects.order_by("pk").values_list(
        "invoice__number", "result", "promised_on", "communication"
    )
    assert list(found) == [(n, "will_pay", date(2026, 7, 17), said.pk) for n in ("1", "2")]
    task = Task.objects.get()
    assert (task.due_on, task.invoice, task.client, task.assignee) == (date(2026, 7, 17), one, client, csm)
    client.standing.refresh_from_db()
    assert client.standing.last_contact_on == TODAY


@pytest.mark.parametrize(
    ("result", "code", "due_on"),
    [
        ("will_pay", "agreed", date(2026, 7, 17)),
        ("changes", "thinking", date(2026, 7, 17)),
        ("no_answer", "not_reached", date(2026, 7, 17)),
        ("refuses", "refused", None),
    ],
)
def test_what_follows_depends_on_the_result(
    client: Client, csm: Employee, result: str, code: str, due_on: date | None
) -> None:
    reached = code != "not_reached"
    make.result(code, is_reached=reached, counts=reached, asks_next=code in ("thinking", "not_reached"))
    speak([issue(client, csm)], csm, result)
    assert [task.due_on for task in Task.objects.all()] == ([due_on] if due_on else [])
    said = Communication.objects.get()
    assert said.result is not None
    assert (said.result.code, said.is_two_way) == (code, reached)


def test_a_paid_or_cancelled_invoice_is_not_spoken_about(client: Client, csm: Employee) -> None:
    paid, cancelled = issue(client, csm, "1"), issue(client, csm, "2")
    pay(client, csm, 100, "1")
    cancel(csm, "2")
    assert speak([paid, cancelled], csm) == []
    assert (Communication.objects.count(), InvoiceContact.objects.count()) == (0, 0)


# --- deferrals --------------------------------------------------------------------------------------------------------


def test_a_deferral_is_asked_approved_and_moves_the_term(client: Client, csm: Employee, people: People) -> None:
    hos = people[Role.HOS]
    before = issue(client, csm, "1", 600)
    deferral = ask(client, csm)
    assert [one.person for one in Notification.objects.filter(kind="deferral")] == [hos]
    assert before.valid_until == date(2026, 7, 20)
    approve(deferral, hos, limit=Decimal(800))
    before.refresh_from_db()
    assert (before.deferral, before.valid_until) == (deferral, date(2026, 7, 28))
    within, above = issue(client, csm, "2", 200), issue(client, csm, "3", 1)
    assert (within.deferral, above.deferral, above.valid_until) == (deferral, None, date(2026, 7, 20))
    pay(client, csm, 600, "1")
    assert issue(client, csm, "4", 600).deferral == deferral
    late = issue(client, csm, "5", 1, issued_on=date(2026, 8, 3))
    assert late.deferral is None


def test_a_deferral_is_decided_once_and_does_not_overlap(client: Client, csm: Employee, people: People) -> None:
    hos, director = people[Role.HOS], people[Role.DIRECTOR]
    first, second = ask(client, csm), ask(client, csm, starts_on=date(2026, 7, 31), ends_on=date(2026, 8, 31))
    approve(first, hos)
    with pytest.raises(Refused, match="decided already"):
        actions.refuse_deferral(deferral=first, comment="Нет", acting_user=director, now=NOW)
    with pytest.raises(Refused, match="some of these days"):
        approve(second, hos)
    actions.refuse_deferral(deferral=second, comment="Уже есть", acting_user=hos, now=NOW)
    assert list(Deferral.objects.order_by("pk").values_list("state", flat=True)) == ["approved", "refused"]


def test_who_asks_twice_asks_once(client: Client, csm: Employee) -> None:
    submission = uuid4()
    assert ask(client, csm, submission=submission) == ask(client, csm, submission=submission)
    assert Deferral.objects.get().ends_on - Deferral.objects.get().starts_on == timedelta(days=30)
