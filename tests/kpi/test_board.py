"""The board: figures add up, every one opens what is behind it, each role sees what the matrix says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from clients.models import Category, Direction, Product, Segment, Sphere
from kpi.board import behind, home, reading
from kpi.measures import computing
from kpi.measures.models import Month
from kpi.measures.reading import Scope, scope
from salescrm import nightly
from staff.access import Role
from staff.models import Department, Employee
from tests import make
from tests.night import scene

pytestmark = pytest.mark.django_db
TODAY, LAST = date(2026, 7, 16), date(2026, 7, 15)
MONTH = date(2026, 7, 1)
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCRM_TODAY", TODAY.isoformat())


def company(people: int = 3) -> dict[str, Employee]:
    """Make people in two branches with clients that bought this month, the month before and a year ago."""
    scene.department()
    make.contact_norm()
    sphere = Sphere.objects.create(code="s", name="s")
    types = [Segment.objects.create(code=f"t{n}", name=f"t{n}", sphere=sphere) for n in range(3)]
    home_textile = Category.objects.create(name="c", direction=Direction.objects.create(code="d", name="Дом"))
    product = Product.objects.create(source=make.source(), code="p", name="p", category=home_textile)
    moscow = make.branch("msk")
    departments = [*(Department.objects.create(code=code, name=code) for code in ("retail", "projects")), None]
    found = {"hos": Employee.objects.get(username="hos")}
    for n in range(people):
        owner = make.employee(f"csm{n}", branch=moscow if n % 2 else make.branch(), department=departments[n % 3])
        found[owner.username] = owner
        for m in range(2):
            client = make.client(f"k{n}{m}", owner, segment=types[(n + m) % 3], since=date(2025, 1, 1))
            for day in (date(2025, 7, 3), date(2026, 6, 10), date(2026, 7, 2), date(2026, 7, 10)):
                make.shipment(client, day, 1000 + 100 * n + m, product=product if m else None)
            make.said(client, owner, date(2026, 7, 3))
    found["branch_head"] = make.employee("branch_head", Role.BRANCH_HEAD, branch=moscow)
    found["marketer"] = make.employee("marketer", Role.MARKETER)
    nightly.run(LAST)
    computing.backfill(13, LAST)
    return found


def at(who: Employee, url: str = "/kpi/", **query: str) -> Any:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(who)
    return browser.get(url, query)


def board(person: Employee, by: str = "person", **more: Any) -> reading.Board:
    seen = scope(person, **more)
    assert seen is not None
    return reading.read(person, seen, MONTH, by, LAST)


@pytest.mark.parametrize("by", list(reading.CUTS))
def test_every_cut_adds_up_to_the_same_company(by: str) -> None:
    people = company()
    found = board(people["hos"], by)
    whole = sum(2 * (1000 + 100 * n + m) for n in range(3) for m in range(2))
    assert found.total.fact.value == whole
    assert sum(line.fact.value or 0 for line in found.lines) == whole
    assert sum(line.before for line in found.lines) == found.total.before == whole // 2
    assert sum(line.last_year for line in found.lines) == found.total.last_year == whole // 2
    if by != "direction":
        active = [sum(line.counts[at].value or 0 for line in found.lines) for at in range(len(reading.COUNTS))]
        assert active == [figure.value for figure in found.total.counts]
        assert active[0] == 6


@pytest.mark.parametrize("by", list(reading.CUTS))
def test_every_figure_opens_the_clients_that_add_up_to_it(by: str) -> None:
    people = company()
    found = board(people["hos"], by)
    figures = [line.fact for line in found.lines] + [one for line in found.lines for one in line.counts]
    links = [figure for figure in [*figures, *(row.now for row in found.compared)] if figure.url]
    assert len(links) > 10 or by == "direction"
    for figure in links:
        path, _mark, query = figure.url.partition("?")
        answer = at(people["hos"], path, **dict(part.split("=") for part in query.split("&")))
        assert answer.status_code == 200, figure.url
        assert answer.context["found"].differs is False, figure.url
        if "ratio" not in figure.url and figure.value and figure.value > 1:
            assert answer.context["found"].whole in (figure.value, answer.context["found"].stored)


def test_a_manager_sees_the_own_figures_only() -> None:
    people = company()
    found = board(people["csm1"], "group")
    assert found.total.fact.value == 2 * (1100 + 1101)
    page = at(people["csm1"]).content.decode()
    assert "Csm2" not in page
    assert "People" not in page
    assert at(people["csm1"], person=str(people["csm2"].pk)).status_code == 404
    assert at(people["csm1"], branch=str(people["csm2"].branch_id)).status_code == 404
    other = f"{people['csm2'].pk}"
    assert at(people["csm1"], "/kpi/behind/", measure="turnover", person=other).status_code == 404


def test_the_head_of_a_branch_sees_the_own_branch_only() -> None:
    people = company()
    found = board(people["branch_head"])
    assert [line.name for line in found.lines] == ["Csm1 Testov"]
    assert found.total.fact.value == 2 * (1100 + 1101)
    assert at(people["branch_head"], branch=str(people["csm0"].branch_id)).status_code == 404
    page = at(people["branch_head"], person=str(people["csm0"].pk)).context["board"]
    assert page.total.fact.value == 0


def test_the_marketer_sees_sums_of_the_company_and_nobody_by_name() -> None:
    people = company()
    page = at(people["marketer"])
    assert page.context["board"].total.fact.value == board(people["hos"]).total.fact.value
    assert "Csm1" not in page.content.decode()
    assert at(people["marketer"], by="person").context["by"] != "person"
    assert at(people["marketer"], person=str(people["csm1"].pk)).status_code == 404


@pytest.mark.parametrize("by", list(reading.CUTS))
def test_the_board_asks_at_most_15_questions_whatever_its_rows(by: str) -> None:
    people = company(3)
    few = _queries(people["hos"], by)
    for n in range(27):
        owner = make.employee(f"more{n}")
        client = make.client(f"m{n}", owner, since=date(2025, 1, 1))
        make.shipment(client, date(2026, 7, 8), 50)
    computing.backfill(1, LAST)
    many = _queries(people["hos"], by)
    assert few == many <= MOST_QUERIES


def _queries(person: Employee, by: str) -> int:
    browser = Browser()
    browser.force_login(person)
    browser.get("/kpi/", {"by": by})
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get("/kpi/", {"by": by}).status_code == 200
    return len(asked)


@pytest.mark.parametrize(
    "query", [{"month": "2026-13"}, {"month": "x"}, {"person": "x"}, {"branch": "9999"}, {"person": "²"}]
)
def test_a_bad_address_is_404(query: dict[str, str]) -> None:
    assert at(company(1)["hos"], **query).status_code == 404


def test_a_month_without_figures_says_so() -> None:
    head = company(1)["hos"]
    page = at(head, month="2020-01")
    assert page.status_code == 200
    assert "No figures of this month" in page.content.decode()


def test_closing_and_opening_by_the_page() -> None:
    people = company(1)
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people["hos"])
    assert browser.post("/kpi/months/2026-07/close/").status_code == 422  # not over
    assert browser.post("/kpi/months/2026-06/close/").status_code == 302
    assert "closed by" in browser.get("/kpi/", {"month": "2026-06"}).content.decode()
    assert browser.post("/kpi/months/2026-06/reopen/", {"reason": ""}).status_code == 422
    assert browser.post("/kpi/months/2026-06/reopen/", {"reason": "late"}).status_code == 302
    assert Month.objects.get(day="2026-06-01").reason == "late"


def test_what_changed_since_is_said() -> None:
    people = company(1)
    owner = people["csm0"]
    make.shipment(owner.ownerships.earliest("pk").client, date(2026, 7, 9), 5)
    asked = behind.Asked(Month.objects.get(day=MONTH), "turnover")
    found = behind.read(people["hos"], Scope(), asked, TODAY)
    assert found.differs
    assert found.whole - found.stored == 5


def test_my_day_has_the_own_figures() -> None:
    people = company()
    with translation.override("en"), CaptureQueriesContext(connection) as asked:
        (block,) = home.blocks(people["csm1"], TODAY)
    assert block.rows[0].why == "₽4,402"
    assert len(asked) <= 3
    assert home.blocks(people["marketer"], TODAY) == []


def test_ratios_are_reckoned_last() -> None:
    people = company()
    sums = board(people["hos"]).sums
    assert sums.get("average_shipment") == sums.all["turnover"] / sums.all["documents"]
    assert sums.get("top_coverage") == sums.all["covered"] / sums.all["clients"] == Decimal(1)
    assert sums.get("leads_in_term_share") is None


def test_the_workbook_of_the_board_has_the_figures_of_the_page() -> None:
    people = company()
    for by in reading.CUTS:
        answer = at(people["hos"], "/kpi/xlsx/", by=by, month="2026-07")
        sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
        assert sheet is not None
        rows = list(sheet.values)
        found = board(people["hos"], by)
        assert [(row[0], row[2]) for row in rows[2:-1]] == [(line.name, line.fact.value) for line in found.lines]
        assert rows[-1][2] == found.total.fact.value
        if by != "direction":
            assert list(rows[-1][-5:]) == [figure.value for figure in found.total.counts]
    mine = openpyxl.load_workbook(BytesIO(at(people["csm1"], "/kpi/xlsx/").content)).active
    assert mine is not None
    assert list(mine.values)[-1][2] == 2 * (1100 + 1101)
    assert "Csm2" not in str(list(mine.values))


def test_the_television_goes_from_screen_to_screen_for_heads_and_stays_signed_in() -> None:
    people = company(12)
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people["hos"])
    page, seen = "", []
    for _turn in range(4):
        answer = browser.get(f"/kpi/tv/{page}")
        assert settings.SESSION_COOKIE_NAME in answer.cookies  # its session begins anew each time
        screen = answer.context["screen"]
        seen.append(screen.code)
        assert len(screen.bars) <= 8
        page = answer.context["next"]
    assert seen == ["plan", "coverage", "leaders", "plan"]
    plan = browser.get("/kpi/tv/", {"screen": "plan"}).context["screen"]
    shown = board(people["hos"])
    assert plan.total.value == shown.total.fact.value
    assert [(one.name, one.value) for one in plan.bars] == [(one.name, one.fact.value) for one in shown.lines[:8]]
    assert plan.rest == 4
    held = browser.get("/kpi/tv/", {"screen": "coverage", "hold": "1"})
    assert held.context["next"] == "?screen=coverage&hold=1"
    leaders = dict(browser.get("/kpi/tv/", {"screen": "leaders"}).context["screen"].leaders)
    assert max(len(bars) for bars in leaders.values()) == 3
    of_branch = at(people["branch_head"], "/kpi/tv/").context["screen"]
    assert of_branch.total.value == board(people["branch_head"]).total.fact.value
    assert at(people["csm1"], "/kpi/tv/").status_code == at(people["marketer"], "/kpi/tv/").status_code == 403
