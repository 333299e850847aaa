"""Reports of days, weeks and months: the board's figures, within the matrix, on the page, as a workbook, by letter."""

from __future__ import annotations

from datetime import date, datetime
from email import message_from_bytes
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kpi.board import reading as board
from kpi.measures import computing
from kpi.measures.reading import Scope, scope
from kpi.reports import letters, reading
from kpi.reports.counting import DONE
from kpi.reports.models import ReportLetter
from salescrm.base import notify
from salescrm.base.models import Letter
from staff.access import Role
from staff.calendar import Calendar
from staff.models import Absence, Employee
from tests import make
from tests.base.test_notify import Box, outbox, smtp  # noqa: F401  # fixtures
from tests.kpi.test_board import LAST, MONTH, TODAY, at, company

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 10)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCRM_TODAY", TODAY.isoformat())


def read(person: Employee, period: str, day: date, **narrowed: Any) -> reading.Report:
    asked, seen = reading.span(period, day), scope(person, **narrowed)
    assert seen is not None
    return reading.read(person, seen, asked, TODAY, reading.count(asked, TODAY))


def values(cells: list[reading.Cell]) -> dict[str, Any]:
    return {cell.code: cell.value for cell in cells}


def test_figures_of_days_weeks_and_month_are_the_boards() -> None:
    people = company()
    for owner in (people["csm0"], people["csm1"]):
        client = owner.ownerships.earliest("pk").client
        make.deal(client, owner, date(2026, 7, 6))
        make.task("Отправить образцы", owner, due_on=date(2026, 7, 9), client=client)
    computing.refresh(MONTH, LAST)
    shown = board.read(people["hos"], Scope(), MONTH, "person", LAST)
    month = values(read(people["hos"], "month", LAST).whole.cells)
    assert month == {code: shown.sums.get(code) for code in DONE}
    weeks = [values(read(people["hos"], "week", date(2026, 7, day)).whole.cells) for day in (1, 8, 15)]
    june = values(read(people["hos"], "day", date(2026, 6, 30)).whole.cells)
    for code in ("turnover", "documents", "effective_calls", "contacts", "deals_opened", "tasks_due", "new_clients"):
        assert sum(week[code] for week in weeks) - june[code] == month[code], code
    days = [values(read(people["hos"], "day", date(2026, 7, day)).whole.cells)["turnover"] for day in range(1, 16)]
    assert sum(days) == month["turnover"] == shown.total.fact.value


def test_a_manager_reads_the_own_report_and_a_head_everybodys() -> None:
    people = company()
    mine = read(people["csm1"], "day", DAY)
    assert (values(mine.whole.cells)["turnover"], int(mine.whole.fact), len(mine.offices)) == (2201, 4402, 0)
    head = read(people["hos"], "day", DAY)
    of_people = {row.name: row.cells[0].value for office in head.offices for row in office.people}
    assert of_people == {"Csm0 Testov": 2001, "Csm1 Testov": 2201, "Csm2 Testov": 2401}
    assert [(office.whole.name, int(office.whole.cells[0].value)) for office in head.offices] == [
        ("MSK", 2201),
        ("SPB", 4402),
    ]
    assert [row.name for o in read(people["branch_head"], "day", DAY).offices for row in o.people] == ["Csm1 Testov"]
    company_only = read(people["marketer"], "day", DAY)
    assert (values(company_only.whole.cells)["turnover"], company_only.offices) == (6603, [])
    url = f"/kpi/reports/day/{DAY}/"
    page = at(people["csm1"], url)
    assert "₽2,201" in page.content.decode()
    assert at(people["csm1"], url, person=str(people["csm2"].pk)).status_code == 404
    assert at(people["marketer"], url, person=str(people["csm2"].pk)).status_code == 404
    for bad in ("day/2026-07-17", "day/x", "year/2026-07-01", "day/0001-01-01", "week/9999-12-31"):
        assert at(people["hos"], f"/kpi/reports/{bad}/").status_code == 404, bad


def test_what_asks_for_work_is_of_the_evening_asked_for() -> None:
    people = company(1)
    csm = people["csm0"]
    make.task("Позвонить", csm, due_on=date(2026, 7, 13))
    done = make.task("Выставить счёт", csm, due_on=date(2026, 7, 13))
    type(done).objects.filter(pk=done.pk).update(
        state="done", closed_at=datetime(2026, 7, 15, 9, tzinfo=timezone.get_default_timezone()), closed_by=csm
    )
    type(done).objects.update(created_at=datetime(2026, 7, 1, tzinfo=timezone.get_default_timezone()))
    make.deal(csm.ownerships.earliest("pk").client, csm, date(2026, 7, 6))
    late = {day: values(read(csm, "day", date(2026, 7, day)).left) for day in (12, 13, 14, 15)}
    assert [late[day]["tasks_late"] for day in late] == [0, 2, 2, 1]
    assert "deals_without_task" not in late[14]
    assert "leads_unshared" in values(read(people["hos"], "day", date(2026, 7, 15)).left)


def test_a_month_opens_what_is_behind_its_figures() -> None:
    people = company()
    cells = read(people["hos"], "month", LAST).whole.cells
    links = [cell for cell in cells if cell.url]
    assert len(links) >= 4
    for cell in links:
        path, _mark, query = cell.url.partition("?")
        answer = at(people["hos"], path, **dict(part.split("=") for part in query.split("&")))
        assert answer.context["found"].whole == cell.value, cell.code


def test_the_workbook_says_what_the_page_says() -> None:
    people = company()
    answer = at(people["hos"], f"/kpi/reports/day/{DAY}/xlsx/")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    first, second = book.worksheets
    assert {row[0]: row[1] for row in first.iter_rows(values_only=True)}["Turnover"] == 6603
    assert [(row[1], row[2]) for row in second.iter_rows(min_row=2, values_only=True)] == [
        ("Csm1 Testov", 2201),
        ("Csm0 Testov", 2001),
        ("Csm2 Testov", 2401),
    ]
    assert (
        len(openpyxl.load_workbook(BytesIO(at(people["csm1"], f"/kpi/reports/day/{DAY}/xlsx/").content)).sheetnames)
        == 1
    )


def test_a_report_asks_as_much_of_30_people_as_of_3() -> None:
    people = company(3)
    asked = {}
    for size in (3, 30):
        for period in reading.PERIODS:
            with CaptureQueriesContext(connection) as queries:
                page = at(people["hos"], f"/kpi/reports/{period}/{DAY}/")
            assert sum(len(office.people) for office in page.context["report"].offices) >= size
            asked[size, period] = len(queries)
        for n in range(27 if size == 3 else 0):
            make.shipment(make.client(f"m{n}", make.employee(f"more{n}"), since=date(2025, 1, 1)), DAY, 50)
        computing.backfill(1, LAST)
    for period in reading.PERIODS:
        assert asked[3, period] == asked[30, period] <= 65, asked


def test_letters_come_at_their_hour_once_with_the_readers_own_figures(smtp: Box, settings: Any) -> None:  # noqa: F811
    people = company()
    settings.LINKS_FROM = "https://crm.example"
    Employee.objects.filter(username="csm0").update(language="en")
    Employee.objects.filter(username="csm1").update(language="ru")
    Employee.objects.filter(username="csm2").update(email="")
    away = make.employee("away")
    Absence.objects.create(employee=away, starts_on=TODAY, ends_on=date(2026, 7, 20))
    ReportLetter.objects.create(person=people["csm0"], hour=11, week=True)
    ReportLetter.objects.create(person=people["marketer"], hour=6)
    now = datetime(2026, 7, 16, 8, 5, tzinfo=timezone.get_default_timezone())
    assert letters.write_due(now.replace(hour=7)) == 0
    assert letters.write_due(now) > 0
    assert letters.write_due(now.replace(minute=15)) == 0
    assert letters.write_due(now.replace(hour=11)) == 1
    told = set(Letter.objects.values_list("to", flat=True))
    assert {"csm0@crm.example", "csm1@crm.example", "hos@crm.example", "branch_head@crm.example"} <= told
    assert not told & {"csm2@crm.example", "away@crm.example", "marketer@crm.example"}
    assert notify.send_waiting() == len(told)
    letter = next(m for m in map(message_from_bytes, smtp.got) if m["To"] == "csm0@crm.example")
    text, html = (part.get_payload(decode=True).decode() for part in letter.walk() if not part.is_multipart())  # type: ignore[union-attr]
    assert letter["Subject"].startswith("Report of ")
    assert "https://crm.example/kpi/reports/day/2026-07-15/" in text
    assert "https://crm.example/kpi/reports/day/2026-07-15/" in html
    assert "₽4,002" in text
    assert "Csm1" not in html
    of_head = Letter.objects.get(to="hos@crm.example")
    assert "Csm1" in of_head.html
    assert "Report of" not in Letter.objects.get(to="csm1@crm.example").text


@pytest.mark.parametrize(
    ("today", "spans"),
    [
        ("2026-07-16", ["day 2026-07-15"]),
        ("2026-07-18", []),
        ("2026-07-20", ["day 2026-07-17", "week 2026-07-13"]),
        ("2026-06-01", ["day 2026-05-29", "week 2026-05-25", "month 2026-05-01"]),
        ("2026-08-03", ["day 2026-07-31", "week 2026-07-27", "month 2026-07-01"]),
        ("2026-01-12", ["day 2025-12-30", "week 2026-01-05", "month 2025-12-01"]),
    ],
)
def test_which_reports_are_due_on_a_day(today: str, spans: list[str]) -> None:
    chosen = ReportLetter(week=True, month=True)
    found = letters.due(chosen, Calendar(None), date.fromisoformat(today))
    assert [f"{one.period} {one.start}" for one in found] == spans


def test_the_person_chooses_by_the_page() -> None:
    csm = make.employee("csm", Role.CSM)
    assert at(csm, "/kpi/reports/letter/").status_code == 200
    browser = Browser()
    browser.force_login(csm)
    assert browser.post("/kpi/reports/letter/", {"hour": 24}).status_code == 422
    assert browser.post("/kpi/reports/letter/", {"hour": 18, "week": "on"}).status_code == 302
    kept = ReportLetter.objects.get(person=csm)
    assert (kept.hour, kept.day, kept.week, kept.month) == (18, False, True, False)
