"""Plans as files: out and in again is the same; a bad cell is named and nothing is changed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from kpi.plans import actions, files
from kpi.plans.models import PlanFigure, PlanVersion
from salescrm.base.jobs import Refused
from staff.models import Employee
from tests.plans import scene

pytestmark = pytest.mark.django_db
PLACE = ("month", "measure", "employee_id", "client_group", "direction_id", "client_id", "statistical", "amount")


def signed_in(person: Employee) -> Browser:
    """Return the browser of a person."""
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(person)
    return browser


def held(plan: PlanVersion) -> list[tuple[Any, ...]]:
    """Return the figures of a plan."""
    return sorted(PlanFigure.objects.filter(plan=plan).values_list(*PLACE), key=repr)


def test_out_and_in_again_is_the_same(tmp_path: Path, today: Any) -> None:
    company = scene.company()
    plan = scene.draft(company, "1234567.89")
    browser, before = signed_in(company.hos), held(plan)
    path = tmp_path / "plan.xlsx"
    path.write_bytes(browser.get(reverse("kpi:plan-export", args=[plan.pk])).content)
    with path.open("rb") as file:
        answer = browser.post(reverse("kpi:plan-fill", args=[plan.pk]), {"file": file, "seen": plan.version})
    assert answer.status_code == 302
    assert held(plan) == before
    with path.open("rb") as file:  # again with the old version: the second person is told
        answer = browser.post(reverse("kpi:plan-fill", args=[plan.pk]), {"file": file, "seen": plan.version})
    assert answer.status_code == 422
    with path.open("rb") as file:
        answer = browser.post(reverse("kpi:plan-upload"), {"file": file})
    made = PlanVersion.objects.order_by("-number").first()
    assert made is not None
    assert made != plan
    assert scene.sums(made, "employee_id", "month") == scene.sums(plan, "employee_id", "month")


def test_a_manager_takes_out_own_figures_only(tmp_path: Path, today: Any) -> None:
    company = scene.company()
    plan = scene.approved(company)
    path = tmp_path / "plan.xlsx"
    path.write_bytes(signed_in(company.anna).get(reverse("kpi:plan-export", args=[plan.pk])).content)
    logins = {row[0].value for row in load_workbook(path).active.iter_rows(min_row=2)}  # type: ignore[union-attr]
    assert logins == {"anna"}


HEAD = ["login", "measure", "group", "2026-08", "2026-09"]
GOOD = ["anna", "turnover", "top", 100, 200]


def book(path: Path, *rows: list[Any]) -> Path:
    """Write a workbook."""
    made = Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (["nobody", "turnover", "top", 1, 2], "login", "nobody"),
        (["anna", "profit", "top", 1, 2], "measure", "profit"),
        (["anna", "turnover", "vip", 1, 2], "group", "vip"),
        (["anna", "turnover", "others", "много", 2], "2026-08", "много"),
        (["anna", "turnover", "others", -1, 2], "2026-08", "-1"),
        (["anna", "turnover", "others", "1.001", 2], "2026-08", "1.001"),
        (["anna", "turnover", "others", "NaN", 2], "2026-08", "NaN"),
        (["anna", "turnover", "others", "1e99", 2], "2026-08", "1e99"),
        (["anna", "turnover", "top", 1, 2], "login", "anna"),  # the same row again
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_changed(
    row: list[Any], column: str, value: str, tmp_path: Path, today: Any
) -> None:
    company = scene.company()
    plan = scene.draft(company)
    before, path = held(plan), book(tmp_path / "bad.xlsx", HEAD, GOOD, row)
    sheet = files.read_workbook(path)
    assert [(fault.row, fault.column, fault.value) for fault in sheet.faults] == [(3, column, value)]
    with path.open("rb") as file:
        answer = signed_in(company.hos).post(reverse("kpi:plan-fill", args=[plan.pk]), {"file": file, "seen": 1})
    assert answer.status_code == 422
    assert value in answer.content.decode()
    assert held(plan) == before


@pytest.mark.parametrize(
    "rows",
    [
        [["a", "b"], ["1", "2"]],
        [["login", "measure"], ["anna", "turnover"]],
        [["login", "measure", "2026-08", "2026-08"], ["anna", "turnover", 1, 2]],
        [["login", "measure", "2026-13"], ["anna", "turnover", 1]],
        [HEAD],
    ],
)
def test_what_is_no_plan_is_refused_in_a_sentence(rows: list[list[Any]], tmp_path: Path) -> None:
    scene.company()
    with pytest.raises(Refused):
        files.read_workbook(book(tmp_path / "no.xlsx", *rows))


def test_months_the_plan_has_not_are_refused(tmp_path: Path) -> None:
    company = scene.company()
    plan = scene.draft(company, months=1)
    before = held(plan)
    with pytest.raises(Refused):
        actions.load(plan=plan, sheet=files.read_workbook(book(tmp_path / "x.xlsx", HEAD, GOOD)), seen=1)
    assert held(plan) == before


@pytest.mark.parametrize("content", [b"\x00\x01", b"", "логин;план".encode("cp1251"), b"PK\x03\x04broken"])
def test_rubbish_is_refused(content: bytes, tmp_path: Path, today: Any) -> None:
    company = scene.company()
    path = tmp_path / "x"
    path.write_bytes(content)
    with path.open("rb") as file:
        answer = signed_in(company.hos).post(reverse("kpi:plan-upload"), {"file": file})
    assert answer.status_code == 422
    assert not PlanVersion.objects.exists()


def test_targets_by_log_in_mark_those_of_heads(tmp_path: Path) -> None:
    company = scene.company()
    path = tmp_path / "targets.csv"
    path.write_text("EmployeeID|TargetAmount|TargetMonth\nanna|100|2026/08/01\nchief|300.50|2026-08-01\n")
    sheet = files.read_targets(path, *files.people_by_number(None))
    found = {one.employee_id: (one.amount, one.of_group) for one in sheet.figures}
    assert found == {company.anna.pk: (Decimal(100), False), company.csh.pk: (Decimal("300.50"), True)}
