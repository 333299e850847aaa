"""Who comes or leaves within a month: paid for the working days employed, the variable part by the facts (R253)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kpi.measures import closing, computing
from kpi.pay import computing as pay
from kpi.pay import files, reading, rules
from kpi.pay.models import PayScheme, PaySheet
from staff.access import Role
from staff.models import CalendarDay, Employee
from staff.querysets import employed
from tests import make
from tests.kpi.test_pay import JUNE, NOW, scene

LAST = date(2026, 6, 30)  # June 2026 has 21 working days: the 12th is a holiday


@pytest.mark.parametrize(
    ("amount", "days", "whole", "part"),
    [("30000", 21, 21, "30000.00"), ("30000", 10, 21, "14285.71"), ("30000", 0, 21, "0.00"), ("30000", 0, 0, "30000")],
)
def test_a_part_of_a_month(amount: str, days: int, whole: int, part: str) -> None:
    assert rules.for_days(Decimal(amount), days, whole) == Decimal(part)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hired", "left", "is_active", "days"),
    [
        (None, None, True, 21),
        (None, None, False, None),  # closed before dates were kept
        (date(2026, 6, 1), None, True, 21),
        (date(2026, 6, 15), None, True, 12),
        (date(2026, 6, 13), None, True, 12),  # a Saturday
        (LAST, None, True, 1),
        (date(2026, 7, 1), None, True, None),
        (None, date(2026, 6, 11), False, 9),
        (None, date(2026, 6, 14), False, 9),  # the holiday and the weekend bring no days
        (None, LAST, False, 21),
        (None, date(2026, 5, 31), False, None),
        (date(2026, 6, 8), date(2026, 6, 11), False, 4),
        (None, date(2026, 6, 6), False, 5),
        (date(2026, 6, 6), date(2026, 6, 7), False, 0),  # a weekend only: no day of pay, the facts are paid
    ],
)
def test_who_is_paid_for_how_many_days(
    hired: date | None, left: date | None, is_active: bool, days: int | None
) -> None:
    found = scene()
    person = found["csm0"]
    Employee.objects.filter(pk=person.pk).update(hired_on=hired, left_on=left, is_active=is_active)
    make.shipment(make.client("k", found["csm1"]), date(2026, 6, 3), 1000)
    computing.refresh(JUNE, LAST)
    seen = Employee.objects.filter(pk=person.pk)
    shown = reading.sheets(JUNE, seen)
    assert seen.filter(employed(JUNE, LAST)).exists() is (days is not None)
    assert [(one.row.days_employed, one.row.days_of_month, one.row.fixed) for one in shown] == (
        [] if days is None else [(days, 21, rules.money(Decimal(30_000) * days / 21))]
    )
    closing.close(month=JUNE, acting_user=found[Role.HOS], now=NOW)
    kept = list(PaySheet.objects.filter(employee=person).values_list("days_employed", "fixed", "total"))
    assert kept == [(one.row.days_employed, one.row.fixed, one.row.total) for one in shown]


@pytest.mark.django_db
def test_who_left_keeps_what_was_earned() -> None:
    found = scene()
    first, second = found["csm0"], found["csm1"]
    make.shipment(make.client("k", first), date(2026, 6, 3), 1000)
    computing.refresh(JUNE, LAST)
    before = {one.row.employee_id: one.row.variable for one in pay.reckon(JUNE, [first, second])}
    Employee.objects.filter(pk=first.pk).update(is_active=False, left_on=date(2026, 6, 11))
    shown = {one.row.employee_id: one.row for one in reading.sheets(JUNE, Employee.objects.all())}
    assert {pk: row.variable for pk, row in shown.items()} == before
    assert shown[first.pk].is_of_a_part
    assert not shown[second.pk].is_of_a_part
    assert shown[first.pk].total == shown[first.pk].fixed + before[first.pk]


@pytest.mark.django_db
def test_the_branch_says_which_days_are_worked() -> None:
    found = scene()
    person = found["csm0"]
    CalendarDay.objects.create(branch=person.branch, day=date(2026, 6, 2), is_working=False)
    Employee.objects.filter(pk=person.pk).update(is_active=False, left_on=date(2026, 6, 11))
    computing.refresh(JUNE, LAST)
    (sheet,) = reading.sheets(JUNE, Employee.objects.filter(pk=person.pk))
    assert (sheet.row.days_employed, sheet.row.days_of_month) == (8, 20)


@pytest.mark.django_db
def test_the_guarantee_and_the_soft_salary_are_of_the_same_days() -> None:
    found = scene()
    person = found["csm0"]
    with pgtrigger.ignore("kpi.PayScheme:approved_scheme_stays"):
        PayScheme.objects.update(soft_salary=10_000, guarantee_months=1, legacy_salary=100_000)
    Employee.objects.filter(pk=person.pk).update(is_active=False, left_on=date(2026, 6, 11))
    computing.refresh(JUNE, LAST)
    (sheet,) = pay.reckon(JUNE, [Employee.objects.get(pk=person.pk)])
    row: Any = sheet.row
    assert (row.soft, row.guaranteed_from) == (Decimal("4285.71"), Decimal("42857.14"))
    assert row.total == rules.money(row.guaranteed_from * Decimal("0.9"))


@pytest.mark.django_db
def test_the_dates_are_in_order_and_in_the_workbook() -> None:
    found = scene()
    person = found["csm0"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Employee.objects.filter(pk=person.pk).update(hired_on=date(2026, 6, 2), left_on=date(2026, 6, 1))
    Employee.objects.filter(pk=person.pk).update(is_active=False, left_on=date(2026, 6, 11))
    computing.refresh(JUNE, LAST)
    book = load_workbook(BytesIO(files.write(reading.sheets(JUNE, Employee.objects.filter(pk=person.pk)))))
    assert [cell.value for cell in book.worksheets[0][2]][-2:] == [9, 21]


@pytest.mark.django_db
def test_the_days_of_many_are_asked_for_at_once() -> None:
    found = scene(3)
    computing.refresh(JUNE, LAST)
    costs = []
    for number in (3, 30):
        for n in range(number):
            make.employee(f"more{number}-{n}", position=found["csm0"].position)
        people = list(Employee.objects.filter(position__isnull=False))
        with CaptureQueriesContext(connection) as asked:
            pay.reckon(JUNE, people)
        costs.append(len(asked))
    assert costs[0] == costs[1]
