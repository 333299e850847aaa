"""Sets of indicators: begun, changed, taken away by the head of sales, read by heads; how far people come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kpi.indicators import actions, results
from kpi.indicators.forms import LineForm
from kpi.indicators.models import Indicator, IndicatorSet, SetLine
from kpi.indicators.reading import in_force
from kpi.measures.models import Month, MonthState, Result
from salescrm.base.jobs import Refused
from staff.access import Role
from staff.models import Employee, Position
from tests import make
from tests.kpi.held import hold

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]
JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)
SHARED: dict[str, Any] = {"scale": "linear", "floor": 0, "cap": 120, "steps": ""}


@pytest.fixture
def post(people: People, today: date) -> Position:
    made = Position.objects.create(code="manager", name="Менеджер", role=Role.CSM)
    people["csm"].position = made
    people["csm"].save()
    return made


def indicator(code: str = "turnover", measure: str = "turnover", **more: Any) -> Indicator:
    fields = {"name": code, "measure": measure, "roles": [Role.CSM]} | more
    return Indicator.objects.get_or_create(code=code, defaults=fields)[0]


def month(day: date, state: str, by: Employee) -> Month:
    return Month.objects.create(
        day=day, as_of=date(day.year, day.month, 28), state=state, rule_set=make.rule_set(), changed_by=by,
        changed_at=timezone.now(),
    )  # fmt: skip


def address(name: str, *args: int) -> str:
    return reverse(f"kpi:{name}", args=args)


def test_a_new_set_begins_as_the_one_before_and_leaves_it_as_it_is(people: People, post: Position) -> None:
    hos = people["hos"]
    hold(post, JULY, indicator(), 60, hos, target=Decimal(100), scale="steps", steps=[["0.8", "0.5"]], cap=Decimal(2))
    made = actions.begin(position=post, month=date(2026, 9, 30), acting_user=hos)
    assert actions.begin(position=post, month=SEPTEMBER, acting_user=hos) == made
    (line,) = made.lines.all()
    assert (line.weight, line.target, line.steps, line.cap) == (60, Decimal(100), [["0.8", "0.5"]], Decimal(2))
    actions.put(found=made, seen=1, indicator=indicator(), weight=70, line=line, acting_user=hos)
    assert [in_force(post, day).lines.get().weight for day in (JULY, AUGUST, SEPTEMBER)] == [60, 60, 70]  # type: ignore[union-attr]


def test_what_makes_no_sense_is_refused_and_changes_nothing(people: People, post: Position) -> None:
    hos = people["hos"]
    line = hold(post, JULY, indicator(), 60, hos)
    found, other = line.set, indicator("documents", "documents")
    found.refresh_from_db()
    given: dict[str, Any] = {
        "found": found,
        "seen": found.version,
        "indicator": other,
        "weight": 40,
        "acting_user": hos,
    }
    foreign = indicator("leads", "leads", roles=[Role.LEAD_MANAGER])
    for wrong in (
        {"weight": 41},
        {"indicator": foreign},
        {"seen": found.version - 1},
        {"indicator": indicator()},
        {"floor": Decimal(2), "cap": Decimal(1)},
        {"target": Decimal(-1)},
    ):
        with pytest.raises(Refused):
            actions.put(**(given | wrong))
    with pytest.raises(PermissionDenied):
        actions.put(**(given | {"acting_user": people["csm"]}))
    found.refresh_from_db()
    assert (found.version, found.lines.get()) == (given["seen"], line)
    actions.put(**given)
    with pytest.raises(Refused):
        actions.take_out(line=line, seen=given["seen"], acting_user=hos)


def test_a_set_of_closed_figures_stays(people: People, post: Position) -> None:
    hos = people["hos"]
    line = hold(post, date(2026, 5, 1), indicator(), 60, hos)
    month(date(2026, 6, 1), MonthState.CLOSED, hos)
    line.set.refresh_from_db()
    seen = line.set.version
    with pytest.raises(Refused):
        actions.put(found=line.set, seen=seen, indicator=indicator(), weight=10, line=line, acting_user=hos)
    with pytest.raises(Refused):
        actions.take_out(line=line, seen=seen, acting_user=hos)
    with pytest.raises(Refused):
        actions.begin(position=post, month=date(2026, 6, 1), acting_user=hos)
    made = actions.begin(position=post, month=JULY, acting_user=hos)
    with pytest.raises(Refused):  # it holds for June still
        actions.take_out(line=line, seen=seen, acting_user=hos)
    actions.take_out(line=made.lines.get(), seen=1, acting_user=hos)
    assert (in_force(post, date(2026, 6, 1)).lines.count(), in_force(post, JULY).lines.count()) == (1, 0)  # type: ignore[union-attr]


def test_only_a_set_to_come_is_taken_away(people: People, post: Position, today: date) -> None:
    hos = people["hos"]
    now = hold(post, JULY, indicator(), 60, hos).set
    now.refresh_from_db()
    coming = actions.begin(position=post, month=AUGUST, acting_user=hos)
    for found, seen in ((now, now.version), (coming, 7)):
        with pytest.raises(Refused):
            actions.discard(found=found, seen=seen, acting_user=hos, today=today)
    actions.discard(found=coming, seen=1, acting_user=hos, today=today)
    assert (in_force(post, SEPTEMBER), SetLine.objects.count()) == (now, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80 = 50, 100=100; 120 → 130", [["0.8", "0.5"], ["1", "1"], ["1.2", "1.3"]]),
        ("97,5 = 100", [["0.975", "1"]]),
        ("80 %= 50 %", None),
        ("100 = 100, 80 = 50", None),
        ("80", None),
        ("80 = много", None),
        ("", None),
    ],
)
def test_steps_are_read(people: People, post: Position, text: str, expected: list[list[str]] | None) -> None:
    found = actions.begin(position=post, month=JULY, acting_user=people["hos"])
    told = SHARED | {"indicator": indicator().pk, "weight": 10, "scale": "steps", "steps": text, "seen": 1}
    form = LineForm(told, found=found, line=None)
    assert form.is_valid() is (expected is not None)
    if expected:
        assert [[Decimal(a), Decimal(b)] for a, b in form.terms["steps"]] == [
            [Decimal(a), Decimal(b)] for a, b in expected
        ]


def test_the_head_sets_a_position_up_on_the_page(browser_of: Browsers, people: People, post: Position) -> None:
    hos = browser_of("hos")
    assert hos.post(address("indicator-set-begin", post.pk), {"month": JULY.isoformat()}).status_code == 302
    found = IndicatorSet.objects.get()
    told = SHARED | {"indicator": indicator().pk, "weight": 60, "target": "1000", "seen": 1}
    foreign = indicator("leads", "leads", roles=[Role.LEAD_MANAGER], name="Чужой индикатор")
    new = address("indicator-line-new", found.pk)
    assert foreign.name not in hos.get(new).content.decode()
    for wrong in ({"indicator": foreign.pk}, {"weight": 0}, {"seen": 5}, {"floor": 120}):
        assert hos.post(new, told | wrong).status_code == 422
    assert hos.post(new, told).status_code == 302
    line = SetLine.objects.get()
    page = hos.get(address("indicator-position", post.pk), {"month": "2026-07"})
    ((shown, _target, tried),) = page.context["lines"]
    assert (shown, [counts for _share, counts in tried]) == (line, [Decimal("0.7"), 1, Decimal("1.2")])
    assert ("60 %" in page.content.decode(), page.context["is_whole"]) == (True, False)
    change = address("indicator-line", found.pk, line.pk)
    assert hos.post(change, told | {"weight": 100, "seen": 2}).status_code == 302
    assert hos.get(address("indicator-position", post.pk), {"month": "2026-08"}).context["is_whole"]
    remove = address("indicator-line-remove", found.pk, line.pk)
    hos.post(remove, {"seen": 2})
    assert SetLine.objects.exists()
    hos.post(remove, {"seen": 3})
    assert not SetLine.objects.exists()


def test_an_own_indicator_is_made_of_a_measure(browser_of: Browsers, people: People, post: Position) -> None:
    hos, new = browser_of("hos"), address("indicator-new")
    told = {"name": "Оборот ТОР", "measure": "turnover", "client_group": "top", "scope": "person", "roles": ["csm"]}
    wrongs: list[dict[str, Any]] = [
        {"roles": ["lead_manager"]},
        {"measure": "x"},
        {"roles": []},
        {"name": indicator().name},
    ]
    for wrong in wrongs:
        assert hos.post(new, told | wrong).status_code == 422
    assert hos.post(new, told).status_code == 302
    made = Indicator.objects.get(name="Оборот ТОР")
    rename = {"name": "Продажи ТОР", "name_en": "", "roles": ["csm", "csh"], "measure": "documents"}
    assert hos.post(address("indicator", made.pk), rename).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.measure, made.roles) == ("Продажи ТОР", "turnover", ["csm", "csh"])
    assert "Продажи ТОР" in hos.get(address("indicators-ready")).content.decode()


def test_people_come_as_far_as_their_results_against_target_and_scale(
    browser_of: Browsers, people: People, post: Position
) -> None:
    hos, csm = people["hos"], people["csm"]
    other = make.employee("csm2", branch=make.branch("msk"), position=post)
    kept = month(JULY, MonthState.OPEN, hos)
    for person, value in ((csm, 900), (other, 2000)):
        Result.objects.create(
            month=kept, employee=person, branch=person.branch, measure="turnover", client_group="top", value=value
        )
    hold(post, JULY, indicator(), 60, hos, target=Decimal(1000))
    hold_more = indicator("documents", "documents")
    found = in_force(post, JULY)
    assert found is not None
    actions.put(found=found, seen=found.version, indicator=hold_more, weight=20, target=Decimal(10), acting_user=hos)
    lines = list(in_force(post, JULY).lines.all())  # type: ignore[union-attr]
    rows = {row.person.username: row for row in results.of_people([csm, other], lines, JULY)}
    assert [(cell.found, cell.counts) for cell in rows["csm"].cells] == [(Decimal("0.9"), Decimal("0.9")), (0, 0)]
    assert (rows["csm"].whole, rows["csm2"].whole) == (Decimal("0.675"), Decimal("0.9"))
    page = browser_of("hos").get(address("indicator-position", post.pk), {"month": "2026-07"})
    assert [row.person.username for row in page.context["rows"]] == ["csm", "csm2"]
    head = browser_of("branch_head").get(address("indicator-position", post.pk), {"month": "2026-07"})
    assert [row.person.username for row in head.context["rows"]] == ["csm"]
    mine = browser_of("csm").get(reverse("kpi:post")).content.decode()
    assert "90%" in mine


def test_the_pages_ask_the_same_of_more(browser_of: Browsers, people: People, post: Position) -> None:
    hos, hand = people["hos"], browser_of("hos")
    hold(post, JULY, indicator(), 60, hos)
    pages = [
        address("indicators"),
        address("indicators-ready"),
        address("indicator-position", post.pk) + "?month=2026-07",
    ]
    counts = []
    for upto in (3, 30):
        for n in range(Position.objects.count(), upto):
            hold(Position.objects.create(code=f"p{n}", name=f"p{n}", role=Role.CSM), JULY, indicator(), 60, hos)
            make.employee(f"more{n}", position=post)
        for page in pages:
            hand.get(page)
        asked = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                hand.get(page)
            asked.append(len(queries))
        counts.append(asked)
    assert counts[0] == counts[1]


def test_what_is_done_to_sets_stands_in_the_log_of_changes(
    browser_of: Browsers, people: People, post: Position, today: date
) -> None:
    other = make.employee("hos2", Role.HOS)
    held = hold(post, SEPTEMBER, indicator(), 40, people[Role.HOS]).set
    held.refresh_from_db()
    actions.discard(found=held, seen=held.version, acting_user=other, today=today)
    page = browser_of(Role.DEPUTY_IT).get(reverse("change-log"), {"kind": "indicators"}).content.decode()
    words = [f"Indicators of “Менеджер” from September 2026 on: {act}" for act in ("set begun", "changed", "set taken")]
    assert [page.count(one) for one in words] == [1, 1, 1]
    assert page.index(words[2]) < page.index(words[1]) < page.index(words[0])
    assert other.short_name in page
    assert IndicatorSet.objects.count() == 0
