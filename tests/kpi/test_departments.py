"""Several departments of sales: figures of each, beside its own plan, as they were when they were counted (R380)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from kpi.measures import closing, computing
from kpi.measures.models import Result
from kpi.plans.models import Forecast, PlanFigure, PlanState, PlanVersion
from staff.access import Role
from staff.models import Department, Employee
from tests import make
from tests.kpi.test_board import LAST, MONTH, TODAY, at, board, company

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCRM_TODAY", TODAY.isoformat())


def lines(person: Employee, by: str, **more: Any) -> dict[str, Any]:
    with translation.override("en"):
        return {line.name: line for line in board(person, by, **more).lines}


def ahead(line: Any) -> tuple[Any, Any]:
    return line.plan, line.forecast


def planned(people: dict[str, Employee], **amounts: int) -> None:
    """Approve a plan of the month, so much for each person and 5 for nobody; and reckon that they land on it."""
    head = people["hos"]
    made = PlanVersion.objects.create(
        number=1, first_month=JUNE, months=2, method="top_down", state=PlanState.APPROVED, author=head,
        approved_by=head, approved_at=timezone.now(), created_at=timezone.now(),
    )  # fmt: skip
    PlanFigure.objects.create(plan=made, month=MONTH, measure="turnover", goal=5, amount=5)
    for name, amount in amounts.items():
        person = people[name]
        PlanFigure.objects.create(
            plan=made,
            month=MONTH,
            measure="turnover",
            employee=person,
            branch=person.branch,
            goal=amount,
            amount=amount,
        )
        Forecast.objects.create(
            day=LAST, month=MONTH, branch=person.branch, employee=person, shipped=amount, deals=0, cyclic=0
        )


def test_a_department_has_its_own_figures_plan_and_forecast() -> None:
    people = company()
    planned(people, csm0=9000, csm1=700, csm2=60)
    found = lines(people["hos"], "department")
    assert {name: ahead(line) for name, line in found.items()} == {
        "retail": (9000, 9000), "projects": (700, 700), "No department": (60, 60)
    }  # fmt: skip
    whole = board(people["hos"])
    assert ahead(whole.total) == (9765, 9760)
    for name, owner, amount in (("retail", "csm0", 9000), ("projects", "csm1", 700)):
        part = board(people["hos"], department=Department.objects.get(name=name).pk)
        assert ahead(part.total) == (amount, amount)
        assert [line.name for line in part.lines] == [people[owner].short_name]
        assert part.total.fact.value == found[name].fact.value
    rest = board(people["hos"], department=0)
    assert (*ahead(rest.total), len(rest.lines)) == (60, 60, 1)


def test_a_branch_is_held_to_its_own_plan_not_to_the_companys() -> None:
    people = company()
    planned(people, csm0=9000, csm1=700, csm2=60)
    found = lines(people["hos"], "branch")
    assert sorted(ahead(line) for line in found.values()) == [(700, 700), (9060, 9060)]
    moscow = board(people["hos"], branch=people["csm1"].branch)
    assert ahead(moscow.total) == (700, 700)


def test_who_moves_takes_open_months_along_and_leaves_closed_ones() -> None:
    people = company()
    computing.refresh(JUNE, date(2026, 6, 30))
    closing.close(month=JUNE, acting_user=people["hos"], now=timezone.now())
    Employee.objects.filter(username="csm1").update(department=Department.objects.get(name="retail"))
    for month, as_of in ((JUNE, date(2026, 6, 30)), (MONTH, LAST)):
        computing.refresh(month, as_of)
    stored = Result.objects.filter(measure="turnover", employee=people["csm1"]).order_by("month")
    names = dict(stored.values_list("month", "department__name"))
    assert (names[JUNE], names[MONTH]) == ("projects", "retail")


def test_a_page_of_a_department_keeps_it() -> None:
    people = company()
    projects = Department.objects.get(name="projects")
    page = at(people["hos"], by="department")
    address = next(line.url for line in page.context["board"].lines if line.name == "projects")
    assert f"department={projects.pk}" in address
    narrowed = at(people["hos"], department=str(projects.pk)).content.decode()
    assert "projects" in narrowed
    assert "Csm0" not in narrowed
    assert f"department={projects.pk}" in narrowed
    screen = at(people["hos"], "/kpi/tv/", department=str(projects.pk)).context["screen"]
    assert screen.total.value == board(people["hos"], department=projects.pk).total.fact.value
    assert at(people["hos"], "/kpi/xlsx/", department=str(projects.pk)).status_code == 200
    assert at(people["hos"], department="9999").status_code == 404
    assert at(people["csm1"], department=str(projects.pk)).status_code == 404


def test_a_head_of_a_branch_sees_departments_of_the_branch_only() -> None:
    people = company()
    head = make.employee("other_head", Role.BRANCH_HEAD, branch=people["csm1"].branch)
    assert set(lines(head, "department")) == {"projects"}
    whole = sum((line.fact.value or 0 for line in board(head, "department").lines), Decimal(0))
    assert whole == board(head).total.fact.value
