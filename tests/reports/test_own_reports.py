"""Own reports: the board's figures by any cuts, each reader within the matrix: page, workbook, letter."""

from __future__ import annotations

from datetime import date, datetime
from email import message_from_bytes
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from kpi.board import reading as board
from kpi.measures import declared
from kpi.measures.models import Month, Result
from kpi.measures.reading import Scope, scope
from kpi.plans.models import PlanFigure, PlanState, PlanVersion
from kpi.reports.own import actions, cuts, reckoning, sending
from kpi.reports.own.models import Missed, OwnReport, ReportDelivery
from kpi.reports.own.reckoning import Line, Table
from salescrm.base import notify
from salescrm.base.jobs import Refused
from salescrm.base.models import AccessLog, Letter
from staff.access import Act, Figures, Role, figures, may
from staff.calendar import Calendar
from staff.models import Absence, Employee
from tests import make
from tests.base.test_notify import Box, outbox, smtp  # noqa: F401  # fixtures
from tests.kpi.test_board import LAST, MONTH, TODAY, at, company

pytestmark = pytest.mark.django_db
JUNE, MAY = date(2026, 6, 1), date(2026, 5, 1)
HERE = {"period": "range", "first_month": MONTH, "last_month": MONTH}
COUNTED = ("turnover", "documents", "active_accounts", "new_clients", "contacts", "covered", "top_coverage")


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCRM_TODAY", TODAY.isoformat())


def own(rows: str, columns: str = "turnover", **more: Any) -> OwnReport:
    return OwnReport(rows=rows.split(), columns=columns.split(), **({"name": "Итоги"} | HERE | more))


def kept(owner: Employee, rows: str = "person", columns: str = "turnover", **more: Any) -> OwnReport:
    report = own(rows, columns, **more)
    return actions.create(report=report, submission=uuid4(), acting_user=owner)


def read(person: Employee, report: OwnReport, size: int = 300) -> Table:
    seen = reckoning.scope_of(person, report)
    assert seen is not None
    return reckoning.read(person, seen, report, TODAY, size)


def figure(line: Line | None, at: int = 0) -> Any:
    assert line is not None
    return line.cells[at].value


def cells_of(book: Any) -> list[Any]:
    sheet = openpyxl.load_workbook(book).active
    assert sheet is not None
    return list(sheet.values)


def leaves(table: Table) -> list[Line]:
    return [line for line in table.lines if line.level == (0 if table.report.second else 1)]


def plan(head: Employee, parts: list[dict[str, Any]], state: str = PlanState.APPROVED) -> PlanVersion:
    made = PlanVersion.objects.create(
        number=1, first_month=JUNE, months=2, method="top_down", state=state, author=head, approved_by=head,
        approved_at=timezone.now(), created_at=timezone.now(),
    )  # fmt: skip
    for part in parts:
        amount = part.pop("amount")
        PlanFigure.objects.create(plan=made, goal=amount, amount=amount, **({"month": MONTH} | part))
    return made


def test_every_cut_agrees_with_the_board_and_adds_up() -> None:
    people = company()
    Client.objects.filter(name__startswith="k0").update(region="Тверская область")
    head = people["hos"]
    shown = {by: board.read(head, Scope(), MONTH, by, LAST) for by in board.CUTS}
    whole = shown["person"].sums
    for cut in cuts.Cut.values:
        columns = "turnover" if cut == "direction" else " ".join(COUNTED)
        table = read(head, own(cut, columns))
        for number, code in enumerate(columns.split()):
            assert figure(table.total, number) == whole.get(code), (cut, code)
            if declared.BY_CODE[code].adds:
                assert sum(figure(line, number) for line in table.lines) == whole.get(code), (cut, code)
        if cut in board.CUTS:  # row by row, in the board's words
            facts = {line.name: line.fact.value for line in shown[cut].lines if line.fact.value}
            assert {line.name: figure(line) for line in table.lines if figure(line)} == facts, cut
        for second in {"person", "month", "client", "type"} - {cut}:
            if {cut, second} & {"direction"} and second == "month":
                continue
            two = read(head, own(f"{cut} {second}"))
            assert sum(figure(line) for line in leaves(two)) == figure(two.total) == whole.get("turnover"), (
                cut,
                second,
            )
            heads = [line for line in two.lines if line.level == 1]
            assert sum(figure(line) for line in heads) == figure(two.total)
    regions = {line.name: figure(line) for line in read(head, own("region")).lines}
    assert regions["Тверская область"] == 2 * (1000 + 1001)


def test_filters_narrow_and_several_months_are_summed() -> None:
    people = company()
    Client.objects.filter(name="k10").update(region="Тверь")
    head, csm = people["hos"], people["csm1"]
    filters: tuple[tuple[dict[str, Any], int | None], ...] = (
        ({"person": csm}, 2 * (1100 + 1101)),
        ({"branch": csm.branch}, 2 * (1100 + 1101)),
        ({"region": "Тверь"}, 2 * 1100),
        ({"region": "Нигде"}, 0),
        ({"client_group": "top"}, 0),
        ({"segment": Client.objects.get(name="k10").segment}, None),
    )
    for more, sum_known in filters:
        expected = sum_known
        if "segment" in more:
            same = Client.objects.filter(segment=more["segment"]).values_list("name", flat=True)
            expected = sum(2 * (1000 + 100 * int(name[1]) + int(name[2])) for name in same)
        for rows in ("person", "client", "direction"):
            assert (figure(read(head, own(rows, **more)).total) or 0) == expected, (more, rows)
    two = read(head, own("month", "turnover active_accounts", first_month=JUNE))
    assert [(line.name, figure(line), figure(line, 1)) for line in two.lines] == [
        ("июнь 2026", 6603, 6), ("июль 2026", 13206, 6),
    ]  # fmt: skip
    assert figure(two.total, 1) == 12
    assert two.sums_clients
    gone = read(head, own("month", first_month=date(2024, 1, 1)))
    assert date(2024, 1, 1) in gone.missing
    few = read(head, own("client"), size=2)
    assert (len(few.lines), few.rows, few.hidden) == (2, 6, 4)
    assert figure(few.total) == figure(read(head, own("client")).total)


def test_periods() -> None:
    for period, expected in {
        "this": [MONTH], "last": [JUNE], "year": [date(2026, n, 1) for n in range(1, 8)],
        "twelve": [date(2025, n, 1) for n in range(7, 13)] + [date(2026, n, 1) for n in range(1, 7)],
    }.items():  # fmt: skip
        assert cuts.months(period, None, None, TODAY) == expected
    assert cuts.months("range", MAY, MONTH, TODAY) == [MAY, JUNE, MONTH]
    assert cuts.months("this", None, None, date(2026, 8, 1)) == [date(2026, 8, 1)]
    assert len(cuts.months("range", date(2010, 1, 1), MONTH, TODAY)) == cuts.MOST_MONTHS


def test_what_cannot_be_added_is_not_summed_over_people() -> None:
    people = company(2)
    month = Month.objects.get(day=MONTH)
    for n in range(2):
        who = people[f"csm{n}"]
        month_row = {"month": month, "branch": who.branch, "client_group": "others", "employee": who}
        Result.objects.create(measure="recovered_turnover", value=10 + n, **month_row)
    by_people = read(people["hos"], own("person", "recovered_turnover"))
    assert sorted(figure(line) for line in by_people.lines) == [10, 11]
    assert figure(by_people.total) is None
    assert figure(read(people["hos"], own("group", "turnover recovered_turnover")).total, 1) is None
    assert figure(read(people["hos"], own("group", "recovered_turnover", person=people["csm1"])).total) == 11


def test_plan_fact_and_deviation_stand_where_a_plan_exists() -> None:
    people = company()
    head, csm = people["hos"], people["csm1"]
    client = Client.objects.get(name="k10")
    place = {"employee": csm, "branch": csm.branch, "client_group": "others"}
    plan(head, [
        {**place, "amount": 2000, "client": client}, {**place, "amount": 3000},
        {**place, "amount": 1000, "month": JUNE},
        {"amount": 7, "employee": people["csm0"], "branch": people["csm0"].branch, "measure": "active_accounts"},
        {"amount": 50, "branch": csm.branch, "employee": csm, "of_group": True},
    ])  # fmt: skip
    shown = board.read(head, Scope(), MONTH, "person", LAST)
    table = read(head, own("person", "turnover active_accounts contacts"))
    assert [column.is_planned for column in table.columns] == [True, True, False]
    by_name = {line.name: line.cells[0] for line in table.lines}
    for line in shown.lines:
        assert (by_name[line.name].plan, by_name[line.name].deviation) == (line.plan, line.deviation)
    assert table.total is not None
    assert table.total.cells[0].plan == shown.total.plan == 5000
    assert table.total.cells[0].deviation == shown.total.deviation
    by_client = {line.name: line.cells[0].plan for line in read(head, own("client")).lines}
    assert by_client["k10"] == 2000
    assert by_client["k11"] is None
    assert sum(one or 0 for one in by_client.values()) == 5000  # what is not given to one client has a row of its own
    by_type = read(head, own("type"))  # no plan by type: none beside the rows, but in the total
    assert [line.cells[0].plan for line in by_type.lines] == [None] * len(by_type.lines)
    assert by_type.total is not None
    assert by_type.total.cells[0].plan == 5000
    months = read(head, own("month", first_month=JUNE)).lines
    assert [line.cells[0].plan for line in months] == [1000, 5000]
    assert months[0].cells[0].deviation == figure(months[0]) - 1000  # June is over: the whole plan
    mine = read(csm, own("group"))
    assert mine.total is not None
    assert [mine.total.cells[0].plan, figure(mine.total)] == [5000, 2 * (1100 + 1101)]
    other = read(people["csm2"], own("group"))
    assert other.total is not None
    assert other.total.cells[0].plan is None


def test_each_reader_sees_what_the_matrix_gives() -> None:
    people = company()
    head, csm, boss, marketer = people["hos"], people["csm1"], people["branch_head"], people["marketer"]
    report = kept(head, "person client")
    report.roles = [Role.CSM, Role.BRANCH_HEAD, Role.MARKETER]
    report.save()
    own_sum, all_sum = 2 * (1100 + 1101), sum(2 * (1000 + 100 * n + m) for n in range(3) for m in range(2))
    for who, expected in ((head, all_sum), (boss, own_sum), (csm, own_sum), (marketer, None)):
        answer = at(who, f"/kpi/reports/own/{report.pk}/")
        assert answer.status_code == 200
        table = answer.context["table"]
        assert (figure(table.total) if table else None) == expected, who
        assert ("Csm2" in answer.content.decode()) == (who == head)
        book = at(who, f"/kpi/reports/own/{report.pk}/xlsx/")
        assert book.status_code == (404 if expected is None else 200)
        if expected:
            cells = cells_of(BytesIO(book.content))
            assert cells[-1][2] == expected
    narrowed = kept(head, "group", name="о другом", person=people["csm2"])
    narrowed.people.set([csm, boss])
    assert at(csm, f"/kpi/reports/own/{narrowed.pk}/").context["table"] is None
    table = at(boss, f"/kpi/reports/own/{narrowed.pk}/").context["table"]
    assert not figure(table.total)  # of another branch
    assert at(people["csm0"], f"/kpi/reports/own/{narrowed.pk}/").status_code == 404
    sums = at(marketer, f"/kpi/reports/own/{kept(marketer, 'region month', name='m').pk}/").context["table"]
    assert figure(sums.total) == all_sum
    assert scope(marketer) is not None
    assert AccessLog.objects.filter(screen="own-report").count() == 3
    operator = make.employee("operator", Role.OPERATOR)
    assert not may(operator, Act.EXPORT)
    listed = kept(operator, "client")
    assert at(operator, f"/kpi/reports/own/{listed.pk}/").status_code == 200
    assert at(operator, f"/kpi/reports/own/{listed.pk}/xlsx/").status_code == 403


FORM = {"first": "group", "results": ["turnover"], "period": "this", "name": "Мой", "act": "save"}


def test_a_report_is_built_looked_at_saved_changed_copied_deleted_and_brought_back() -> None:
    people = company(1)
    head = people["hos"]
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(head)
    new = "/kpi/reports/own/new/"
    number = str(uuid4())
    looked = browser.post(new, FORM | {"act": "show", "second": "client"})
    assert looked.context["table"].total.cells[0].value
    assert not OwnReport.objects.exists()
    for _time in range(2):  # a double click
        assert browser.post(new, FORM | {"submission": number}).status_code == 302
    report = OwnReport.objects.get()
    wrongs: list[dict[str, Any]] = [
        {"results": []}, {"second": "group"}, {"first": "direction", "results": ["documents"]}, {"first": "pay"},
        {"period": "range"}, {"period": "range", "first_month": "2026-07-01", "last_month": "2026-06-01"},
        {"first": "client", "results": [], "work": ["deals_open"]}, {"region": "нет такого"}, {"branch": "999"}, {},
    ]  # fmt: skip
    for wrong in wrongs:
        assert browser.post(new, FORM | wrong).status_code == 422, wrong  # the last: the name is taken
    assert OwnReport.objects.count() == 1
    page = f"/kpi/reports/own/{report.pk}/"
    assert browser.post(f"{page}edit/", FORM | {"seen": 1, "name": "", "second": "month"}).status_code == 302
    report.refresh_from_db()
    assert (report.rows, report.name, report.version) == (["group", "month"], "Turnover: groups of clients, months", 2)
    assert browser.post(f"{page}edit/", FORM | {"seen": 1}).status_code == 422  # somebody was faster
    number = str(uuid4())
    for _time in range(2):
        browser.post(f"{page}copy/", {"submission": number})
    assert OwnReport.objects.count() == 2
    asked = browser.post(f"{page}delete/", follow=True)
    assert browser.get(page).status_code == 404
    undo = next(part for part in asked.content.decode().split('"') if "/own/undo/" in part)
    other = Browser()
    other.force_login(people["csm0"])
    assert other.post(undo).status_code == 404
    assert browser.post(undo).status_code == 302
    assert browser.get(page).status_code == 200


def test_only_the_owner_changes_and_heads_share() -> None:
    people = company(1)
    csm, head = people["csm0"], people["hos"]
    mine = kept(csm)
    with pytest.raises(PermissionDenied):
        actions.share(report=mine, roles=[Role.HOS], people=[], seen=1, acting_user=csm)
    with pytest.raises(PermissionDenied):
        actions.delete(report=mine, acting_user=head, now=timezone.now())
    shared = kept(head, "group")
    actions.share(report=shared, roles=[], people=[csm, head], seen=1, acting_user=head)
    assert list(shared.people.all()) == [csm]
    with pytest.raises(Refused):
        actions.share(report=shared, roles=[], people=[], seen=1, acting_user=head)
    browser = Browser()
    browser.force_login(csm)
    for part in ("edit", "share", "letter", "delete"):
        assert browser.post(f"/kpi/reports/own/{shared.pk}/{part}/").status_code == 403, part
    copied = actions.duplicate(report=shared, acting_user=csm, submission=uuid4())
    assert (copied.owner, copied.roles, list(copied.people.all())) == (csm, [], [])


def test_letters_are_due_on_the_day_chosen_or_the_first_working_day_after_it() -> None:
    working = Calendar(make.branch())
    for how, day, today, expected in (
        ("week", 1, "2026-07-16", "2026-07-13"),  # Thursday: Monday's
        ("week", 4, "2026-07-16", "2026-07-16"),
        ("week", 5, "2026-07-16", "2026-07-10"),
        ("week", 7, "2026-07-13", "2026-07-13"),  # Sunday's comes on Monday
        ("month", 1, "2026-07-16", "2026-07-01"),
        ("month", 4, "2026-07-06", "2026-07-06"),  # Saturday's on Monday
        ("month", 28, "2026-07-16", "2026-06-29"),
        ("", 1, "2026-07-16", None),
    ):
        report = OwnReport(sending=how, day=day)
        found = sending.due_on(report, working, date.fromisoformat(today))
        assert found == (date.fromisoformat(expected) if expected else None), (how, day)


def clock_at(day: int, hour: int) -> datetime:
    return datetime(2026, 7, day, hour, 5, tzinfo=timezone.get_default_timezone())


def test_letters_go_to_each_reader_within_the_matrix_and_the_undelivered_are_listed(smtp: Box) -> None:  # noqa: F811
    people = company()
    head, csm, boss = people["hos"], people["csm1"], people["branch_head"]
    Employee.objects.filter(pk=people["csm0"].pk).update(email="")
    for who in (head, csm, boss, people["csm2"], people["marketer"]):
        Employee.objects.filter(pk=who.pk).update(email=f"{who.username}@crm.example", language="en")
    make_away = {"starts_on": date(2026, 7, 13), "ends_on": date(2026, 7, 31)}
    Absence.objects.create(employee=people["csm2"], **make_away)
    report = kept(head, "person client")
    report.people.set([csm, boss, people["csm0"], people["csm2"], people["marketer"]])
    said: dict[str, Any] = {"how": "week", "day": 4, "to_readers": True, "acting_user": head}
    actions.send(report=report, hour=9, seen=1, now=clock_at(16, 8), **said)
    assert sending.write_due(clock_at(16, 8)) == 0
    assert sending.write_due(clock_at(16, 9)) == 3
    assert sending.write_due(clock_at(16, 10)) == 0
    assert sending.write_due(clock_at(17, 10)) == 0
    rows = {one.person.username: one for one in ReportDelivery.objects.select_related("person", "letter")}
    assert {name: row.missed for name, row in rows.items() if row.missed} == {
        "csm0": Missed.NO_ADDRESS, "csm2": Missed.AWAY, "marketer": Missed.NOTHING,
    }  # fmt: skip
    for name, expected in (("hos", 13206), ("csm1", 2 * (1100 + 1101)), ("branch_head", 2 * (1100 + 1101))):
        letter = rows[name].letter
        assert letter is not None
        assert f"/kpi/reports/own/{report.pk}/" in letter.text
        assert letter.file is not None
        cells = cells_of(letter.file.file.open("rb"))
        text = str(cells)
        assert ("Csm2" in text) == (name == "hos")
        assert cells[-1][2] == expected
    assert notify.send_waiting() == 3
    (sent,) = [raw for raw in smtp.got if message_from_bytes(raw)["To"] == "csm1@crm.example"]
    assert [part.get_filename() for part in message_from_bytes(sent).walk()][-1] == "Итоги-2026-07.xlsx"
    listed = at(head, "/kpi/reports/own/deliveries/", tab="undelivered")
    assert {entry["row"].person.username for entry in listed.context["deliveries"]} == {"csm0", "csm2", "marketer"}
    assert len(at(head, "/kpi/reports/own/deliveries/").context["deliveries"]) == 6
    assert [e["row"].person_id for e in at(csm, "/kpi/reports/own/deliveries/").context["deliveries"]] == [csm.pk]
    assert sending.write_due(clock_at(24, 7)) == 3  # Thursday the 23rd was missed: the next working day
    assert Letter.objects.filter(to="csm1@crm.example").count() == 2


def test_pages_ask_no_more_questions_of_more_rows() -> None:
    people = company(3)
    head = people["hos"]
    report = kept(head, "person client", "turnover documents")
    browser = Browser()
    browser.force_login(head)
    pages = (f"/kpi/reports/own/{report.pk}/", "/kpi/reports/own/", "/kpi/reports/own/deliveries/")

    def count(url: str) -> int:
        browser.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(url).status_code == 200
        return len(asked)

    def more(start: int, end: int) -> None:
        for n in range(start, end):
            owner = make.employee(f"more{n}")
            client = make.client(f"m{n}", owner, since=date(2025, 1, 1))
            make.shipment(client, date(2026, 7, 6), 100 + n)
            made = kept(head, "group", name=f"r{n}")
            ReportDelivery.objects.create(report=made, title="r", person=owner, due_on=TODAY)

    more(0, 3)
    few = [count(url) for url in pages]
    more(3, 30)
    many = [count(url) for url in pages]
    assert many == few
    stored = kept(head, "person type", name="stored")
    with CaptureQueriesContext(connection) as asked:
        read(head, stored)
    assert len(asked) <= 15
    assert figures(head) == Figures.ALL
