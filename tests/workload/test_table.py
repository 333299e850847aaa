"""The table of loads: numbers against norms, what is behind each of them, who sees whom, norms by month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Standing
from deals.models import Task
from kpi.measures.reading import Scope
from kpi.workload import norms, reading
from kpi.workload.models import OutputNorm, PortfolioNorm
from salescrm.base.jobs import Refused
from staff.access import Role
from staff.models import Absence
from tests import make
from tests.kpi.test_board import MONTH, TODAY, at, company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCRM_TODAY", TODAY.isoformat())


def total(person: Any, url: str) -> Any:
    """Return how many rows a list shows, or what the rows behind a stored figure sum up to."""
    path, _mark, query = url.partition("?")
    asked: dict[str, Any] = {}
    for name, value in parse_qsl(query):
        asked.setdefault(name, []).append(value)
    context = at(person, path, **asked).context
    return context["found"].whole if path == "/kpi/behind/" else len(context["rows"])


def test_every_number_is_what_stands_behind_it_and_branches_add_up() -> None:
    people = company()
    OutputNorm.objects.create(month=MONTH, order_minutes=30, call_minutes=10, letter_minutes=10, day_hours=8)
    csm = people["csm0"]
    first = csm.ownerships.earliest("pk").client
    Standing.objects.filter(client=first).update(top=True, abc="A")
    make.deal(first, csm, date(2026, 7, 6))
    for n, day in enumerate((date(2026, 7, 1), date(2026, 7, 15), TODAY)):
        make.task(f"t{n}", csm, due_on=day)
    Absence.objects.create(employee=csm, starts_on=date(2026, 7, 1), ends_on=date(2026, 7, 8))
    table = reading.read(Scope(), MONTH, TODAY)
    line = next(one for one in table.people if one.person == csm)
    assert [line.of(name).value for name in ("clients", "tops", "others")] == [2, 1, 1]
    overdue = Task.objects.filter(assignee=csm, state="open", due_on__lt=TODAY).count()  # the deal has one of its own
    assert [line.of("overdue").value, line.oldest_days] == [overdue, 15]
    assert overdue >= 2
    assert [line.of(name).value for name in ("orders", "calls")] == [4, 2]
    assert line.spent == 4 * 30 + 2 * 10
    assert line.there == 6 * 8 * 60  # 1 to 15 July has 11 working days, 5 of them away
    assert line.load == Decimal(140) / Decimal(2880)
    for office in table.offices:
        for column, figure in office.whole.figures.items():
            assert figure.value == sum(one.of(column).value or 0 for one in office.people), column
        assert office.whole.free == sum(one.free for one in office.people)
    for one in [*table.people, *(office.whole for office in table.offices)]:
        for column, figure in one.figures.items():
            if figure.url:
                assert total(people["hos"], figure.url) == figure.value, (one.name, column)


def test_who_sees_whom_on_the_page_and_in_the_workbook() -> None:
    people = company()
    cases = {"csm0": {"Csm0"}, "branch_head": {"Csm1"}, "hos": {"Csm0", "Csm1", "Csm2"}, "marketer": set()}
    for name, expected in cases.items():
        page = at(people[name], "/kpi/workload/").content.decode()
        book = openpyxl.load_workbook(BytesIO(at(people[name], "/kpi/workload/export/").content))
        sheet = " ".join(str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row)
        for shown in ("Csm0", "Csm1", "Csm2"):
            assert (f"{shown} Testov</a>" in page, f"{shown} Testov" in sheet) == (shown in expected,) * 2, name
    assert at(people["csm0"], "/kpi/workload/", person=str(people["csm1"].pk)).status_code == 404


@pytest.mark.parametrize("month", ["2026-07", "2026-06"])
def test_queries_do_not_grow_with_people(month: str) -> None:
    hos = company()["hos"]
    asked = []
    for more in (0, 27):
        for n in range(more):
            make.client(f"more{n}", make.employee(f"more{n}"))
        at(hos, "/kpi/workload/", month=month)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert at(hos, "/kpi/workload/", month=month).status_code == 200
        asked.append(len(found))
    assert asked[0] == asked[1]


def test_norms_hold_from_their_month_and_distribution_reads_the_one_in_force() -> None:
    spb = make.branch(norm_tops=40, norm_others=193)
    hos, csm = make.employee("hos", Role.HOS), make.employee("csm", norm_share=50)

    def set_one(month: date, tops: int | None) -> None:
        norms.set_portfolio_norm(
            branch=spb, role=Role.CSM, month=month, tops=tops, others=100, acting_user=hos, today=TODAY
        )

    set_one(MONTH, 20)
    csm.branch.refresh_from_db()
    assert csm.norms == (10, 50)
    assert norms.Norms(date(2026, 6, 1), TODAY).of(csm) == (20, 96)
    assert norms.Norms(MONTH, TODAY).of(csm) == (10, 50)
    set_one(date(2026, 5, 1), 30)  # an earlier month does not touch what holds now
    csm.branch.refresh_from_db()
    assert (csm.norms, norms.Norms(date(2026, 6, 1), TODAY).of(csm)) == ((10, 50), (15, 50))
    set_one(MONTH, None)
    csm.branch.refresh_from_db()
    assert list(csm.norms) == [None, 50]
    assert PortfolioNorm.objects.count() == 3
    with pytest.raises(Refused):
        set_one(date(2026, 8, 1), 20)
