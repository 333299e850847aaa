"""Closing a month: who may, when, and that the base itself keeps what is closed; the night's step."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, IntegrityError, connection, transaction

from kpi.measures import closing, computing
from kpi.measures.models import DayResult, DirectionResult, Month, Result
from salescrm import nightly
from salescrm.base.models import StepRun
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 2, 9, tzinfo=UTC)
JUNE = date(2025, 6, 1)


def june(until: str = "2025-06-30") -> Employee:
    """Run a night over a client that bought in June; return the owner."""
    owner = scene.department()
    scene.buyer("a", owner, "2025-05-12", "2025-06-03", "2025-06-20")
    scene.night(until)
    return owner


def head() -> Employee:
    return Employee.objects.get(username="hos")


def turnover(month: date = JUNE) -> Decimal:
    return sum(Result.objects.filter(month=month, measure="turnover").values_list("value", flat=True), Decimal(0))


def test_a_closed_month_keeps_its_figures_and_rules() -> None:
    owner = june()
    closing.close(month=JUNE, acting_user=head(), now=NOW)
    scene.buyer("late", owner, "2025-06-25")
    assert computing.refresh(JUNE, date(2025, 7, 1)) == 0
    assert turnover() == 200
    row = Month.objects.get(pk=JUNE)
    assert (row.is_closed, row.changed_by, row.rule_set_id is not None) == (True, head(), True)


@pytest.mark.parametrize("table", [Result, DirectionResult, DayResult])
@pytest.mark.parametrize("how", ["update", "delete", "insert", "move in"])
def test_the_base_refuses_to_change_a_closed_month(table: Any, how: str) -> None:
    june()
    closing.close(month=JUNE, acting_user=head(), now=NOW)
    rows = table.objects.filter(month=JUNE)
    assert rows.exists()
    one = rows.first()
    one.pk, one.employee = None, head()  # a row the month does not have yet
    ways = {
        "update": lambda: rows.update(value=1),
        "delete": rows.delete,
        "insert": lambda: one.save(force_insert=True),
        "move in": lambda: table.objects.filter(employee=head(), month=date(2025, 5, 1)).update(month=JUNE),
    }
    if how == "move in":
        one.month_id = date(2025, 5, 1)
        one.save()
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        ways[how]()


def test_a_closed_month_itself_is_only_opened_again() -> None:
    june()
    closing.close(month=JUNE, acting_user=head(), now=NOW)
    for change in ("UPDATE kpi_month SET as_of = '2025-06-29'", "DELETE FROM kpi_month"):
        with (
            pytest.raises(Error, match=r"(?i)cannot (update|delete)"),
            connection.cursor() as cursor,
            transaction.atomic(),
        ):
            cursor.execute(f"{change} WHERE day = '2025-06-01'")


def test_reopening_asks_for_a_reason_and_is_kept() -> None:
    owner = june()
    closing.close(month=JUNE, acting_user=head(), now=NOW)
    scene.buyer("late", owner, "2025-06-25")
    with pytest.raises(ValidationError):
        closing.reopen(month=JUNE, reason="  ", acting_user=head(), now=NOW)
    closing.reopen(month=JUNE, reason="A late document", acting_user=head(), now=NOW)
    computing.refresh(JUNE, date(2025, 7, 1))
    assert turnover() == 300
    events = apps.get_model("kpi", "MonthEvent")
    told = list(events.objects.filter(day=JUNE).order_by("pgh_id").values_list("state", "reason"))
    assert told == [("open", ""), ("closed", ""), ("open", "A late document")]


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.HOS])
def test_only_the_head_of_sales_closes(role: str) -> None:
    june()
    person = make.employee("x", role)
    with pytest.raises(PermissionDenied):
        closing.close(month=JUNE, acting_user=person, now=NOW)


@pytest.mark.parametrize(("until", "month"), [("2025-06-29", JUNE), ("2025-06-30", date(2024, 1, 1))])
def test_a_month_that_is_not_over_or_not_known_is_not_closed(until: str, month: date) -> None:
    june(until)
    with pytest.raises(ValidationError):
        closing.close(month=month, acting_user=head(), now=NOW)


def test_a_month_is_closed_once_and_opened_once() -> None:
    june()
    with pytest.raises(ValidationError):
        closing.reopen(month=JUNE, reason="why not", acting_user=head(), now=NOW)
    closing.close(month=JUNE, acting_user=head(), now=NOW)
    with pytest.raises(ValidationError):
        closing.close(month=JUNE, acting_user=head(), now=NOW)


def states() -> list[tuple[int, str]]:
    return list(StepRun.objects.filter(step="results").order_by("as_of").values_list("as_of__day", "state"))


def test_the_night_refreshes_open_months_and_rests_when_nothing_happened() -> None:
    owner = june("2025-06-12")
    assert turnover() == 100
    nightly.run(date(2025, 6, 13))
    assert states() == [(12, "done"), (13, "skipped")]
    make.said(make.client("b", owner, since=date(2025, 6, 1)), owner, date(2025, 6, 14))
    nightly.run(date(2025, 6, 14))
    assert states()[-1] == (14, "done")
    nightly.run(date(2025, 6, 20))
    assert turnover() == 200
    assert states()[-1] == (20, "done")
    assert [state for _day, state in states()[3:-1]] == ["skipped"] * 5


def test_a_task_that_falls_due_wakes_the_step() -> None:
    owner = june("2025-06-12")
    make.task("call", owner, due_on=date(2025, 6, 13))
    for day in (13, 14, 15):
        nightly.run(date(2025, 6, day))
    overdue = Result.objects.filter(measure="tasks_overdue", employee=owner)
    assert [row.value for row in overdue] == [1]


def test_the_statements_of_a_refresh_do_not_grow_with_the_base(django_assert_max_num_queries: Any) -> None:
    june()
    with django_assert_max_num_queries(60):
        computing.refresh(JUNE, date(2025, 6, 30))


def test_a_night_counts_anew_only_what_people_did() -> None:
    owner = june("2025-06-12")
    make.said(make.client("b", owner, since=date(2025, 6, 1)), owner, date(2025, 6, 13))
    nightly.run(date(2025, 6, 13))  # a client made: everything
    make.said(owner.ownerships.earliest("pk").client, owner, date(2025, 6, 14))
    nightly.run(date(2025, 6, 14))
    whole, part = StepRun.objects.filter(step="results").order_by("as_of")[1:]
    assert "add_documents" in whole.detail["counted"]
    assert part.detail["counted"] == ["add_clients", "add_contacts", "add_covered"]
    assert turnover() == 100
    contacts = Result.objects.filter(month=JUNE, measure="contacts").values_list("value", flat=True)
    assert sum(contacts) == 2
