"""AdventureWorks: plan, fact and deviation by person and month agree with a plain computation, to the cent."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db.models import Min

from clients.models import Shipment
from kpi.plans import actions, facts, files, reading
from kpi.plans.models import PlanFigure
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.intake import files as bringing
from tests.needs import shared
from tests.plans.scene import NOW

pytestmark = pytest.mark.django_db
Plain = dict[tuple[str, date], Decimal]


def folder() -> Path:
    """Where the data set is."""
    return shared() / "data/adventureworks_reseller"


def plain_targets() -> tuple[Plain, Plain]:
    """Read the targets with nothing of ours: of people, and of managers for their groups."""
    with (folder() / "Salesperson.csv").open(encoding="utf-8-sig") as file:
        people = {row["EmployeeID"]: row for row in csv.DictReader(file, delimiter="|")}
    own: Plain = {}
    of_groups: Plain = {}
    with (folder() / "Targets.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file, delimiter="|"):
            person = people[row["EmployeeID"]]
            year, month, _day = row["TargetMonth"].split("/")
            is_head = "Manager" in person["Title"] or "Director" in person["Title"]
            (of_groups if is_head else own)[person["Salesperson"], date(int(year), int(month), 1)] = Decimal(
                row["TargetAmount"]
            )
    return own, of_groups


def plain_facts() -> dict[date, Decimal]:
    """Sum the file of sales by month with nothing of ours."""
    found: dict[date, Decimal] = defaultdict(Decimal)
    with gzip.open(folder() / "Sales.csv.gz", "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file, delimiter="|"):
            day = bringing_day(row["OrderDate"])
            found[day.replace(day=1)] += Decimal(row["Sales"].replace("$", "").replace(",", ""))
    return found


def bringing_day(text: str) -> date:
    """Read a day as the file has it."""
    year, month, day = text.split("/")
    return date(int(year), int(month), int(day))


def test_plan_fact_and_deviation_agree_for_every_person_and_month() -> None:
    bringing.load(folder() / "Sales.csv.gz")
    hos = make.employee("boss", Role.HOS)
    known_names = {one.short_name for one in Employee.objects.all()}
    for name in {who for part in plain_targets() for who, _month in part} - known_names:
        first, _space, last = name.partition(" ")
        make.employee(name.lower().replace(" ", "."), first_name=first, last_name=last)
    known = files.people_by_number(folder() / "Salesperson.csv")
    sheet = files.read_targets(folder() / "Targets.csv", *known)
    assert sheet.faults == []
    assert len(sheet.figures) == 809
    plan = actions.from_file(sheet=sheet, comment="", acting_user=hos, now=NOW, submission=uuid4())
    actions.approve(plan=plan, seen=1, acting_user=hos, now=NOW)
    own, of_groups = plain_targets()
    names = {pk: person.short_name for pk, person in Employee.objects.in_bulk().items()}
    kept = {
        of_group: {
            (names[one.employee_id or 0], one.month): one.amount
            for one in PlanFigure.objects.filter(plan=plan, of_group=of_group)
        }
        for of_group in (False, True)
    }
    assert kept == {False: own, True: of_groups}

    months = plan.every_month
    grid = reading.by_person(
        reading.figures_in_force(months), months, "turnover", today=plan.ends_on, fact=True, seen=None
    )
    wanted = plain_by_owner(months[0], plan.ends_on)
    rows = [row for row in grid.rows if row.kind == "person"]
    assert {name for name, _month in [*own, *wanted]} == {row.name for row in rows}
    for row in rows:
        for cell in row.cells:
            at = (row.name, cell.month)
            fact = wanted.get(at, Decimal(0))
            assert cell.fact == fact, at
            assert (cell.plan or Decimal(0)) == own.get(at, Decimal(0)), at
            assert (cell.fact or Decimal(0)) - (cell.plan or Decimal(0)) == fact - own.get(at, Decimal(0))
    by_month = {month: grid.total.cells[at].plan or Decimal(0) for at, month in enumerate(months)}
    assert by_month == {month: sum((v for (_who, m), v in own.items() if m == month), Decimal(0)) for month in months}
    whole = facts.by_person(date(2000, 1, 1), date(2100, 1, 1))
    sums: dict[date, Decimal] = defaultdict(Decimal)
    for (_who, month), amount in whole.items():
        sums[month] += amount
    assert sums == {month: round(amount, 2) for month, amount in plain_facts().items()}
    assert min(sums) == Shipment.objects.aggregate(first=Min("day"))["first"].replace(day=1)


def plain_by_owner(start: date, end: date) -> Plain:
    """Go through documents one by one and ask each client's line of owners for that day."""
    found: Plain = defaultdict(Decimal)
    lines: dict[int, list[tuple[date, date | None, str]]] = {}
    rows = Shipment.objects.filter(day__gte=start, day__lt=end).select_related("legal_entity__client")
    for one in rows.prefetch_related("legal_entity__client__ownerships__owner"):
        client = one.legal_entity.client
        owners = lines.setdefault(
            client.pk, [(a.starts_on, a.ends_on, a.owner.short_name) for a in client.ownerships.all()]
        )
        (owner,) = [who for first, until, who in owners if first <= one.day and (until is None or one.day < until)]
        found[owner, one.day.replace(day=1)] += one.total
    return {at: round(amount, 2) for at, amount in found.items()}
