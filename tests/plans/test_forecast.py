"""Where the month will land: what was shipped, deals by probability, orders expected by rhythm; kept day by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from clients.models import Client, Standing
from deals.pipelines.models import Stage
from kpi.plans import daily, forecasting, reading
from kpi.plans.models import Forecast
from staff.access import Role
from tests import make
from tests.plans import scene

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 15)


def of(day: date, who: int) -> tuple[Decimal, Decimal, Decimal]:
    """Return shipped, deals and cyclic of a person."""
    found = {one.employee_id: one for one in forecasting.reckon(day)}
    one = found.get(who)
    return (one.shipped, one.deals, one.cyclic) if one else (Decimal(0), Decimal(0), Decimal(0))


def expect(client: Client, day: date | None, rhythm: int = 30) -> None:
    """Say when a client is expected."""
    Standing.objects.filter(client=client).update(expected_on=day, rhythm_days=rhythm)


@pytest.mark.parametrize(
    ("expected", "rhythm", "orders"),
    [
        (date(2026, 7, 20), 30, 1),
        (date(2026, 7, 31), 30, 1),
        (date(2026, 8, 1), 30, 0),
        (date(2026, 7, 1), 30, 1),  # overdue: still expected, once in the rest of the month
        (date(2026, 7, 16), 7, 1),  # a rhythm of 7 days, but eleven orders in the year: the next one is in August
        (None, 7, 0),
    ],
)
def test_cyclic_orders_of_the_rest_of_the_month(expected: date | None, rhythm: int, orders: int) -> None:
    company = scene.company()
    expect(company.clients[2], expected, rhythm)
    shipped, deals, cyclic = of(DAY, company.boris.pk)
    mean = (11 * 50_000 + 660) / Decimal(11)  # July 2025 is more than twelve months ago
    assert shipped == deals == 0
    assert cyclic == round(mean * orders, 2)


@pytest.mark.parametrize(
    ("expected", "probability", "counted"),
    [
        (date(2026, 7, 31), 40, "40000"),
        (date(2026, 7, 1), 40, "40000"),  # its day has passed, the deal is open
        (date(2026, 8, 1), 40, "0"),
        (date(2026, 6, 30), 40, "0"),
        (None, 40, "0"),
        (date(2026, 7, 20), 0, "0"),
    ],
)
def test_a_deal_counts_by_the_probability_of_its_stage(expected: date | None, probability: int, counted: str) -> None:
    company = scene.company()
    expect(company.clients[2], date(2026, 7, 20))
    pipeline = make.pipeline()
    Stage.objects.filter(pipeline=pipeline, kind="open").update(probability=probability)
    make.deal(company.clients[2], company.boris, DAY, amount=Decimal(100_000), expected_on=expected)
    _shipped, deals, cyclic = of(DAY, company.boris.pk)
    assert deals == Decimal(counted)
    is_in_month = expected is not None and expected.month == 7
    assert (cyclic == 0) == is_in_month  # a client with a deal of the month is not counted twice


def test_what_was_shipped_counts_up_to_the_day() -> None:
    company = scene.company()
    assert of(date(2026, 7, 9), company.anna.pk)[0] == 0
    assert of(date(2026, 7, 10), company.anna.pk)[0] == 40_000


def test_a_day_is_kept_once_and_its_error_is_shown_the_month_after() -> None:
    company = scene.company()
    for _n in range(2):
        daily.run(date(2026, 7, 16))
    assert Forecast.objects.filter(day=DAY, employee=company.anna).count() == 1
    expect(company.clients[0], date(2026, 7, 20))
    daily.run(date(2026, 7, 16))
    kept = Forecast.objects.get(day=DAY, employee=company.anna)
    assert kept.cyclic > 0
    make.shipment(company.clients[0], date(2026, 7, 20), 10_000)
    (told,) = forecasting.errors(date(2026, 7, 1), {company.anna.pk})
    assert (told.day, told.said) == (DAY, kept.shipped + kept.deals + kept.cyclic)
    assert told.fact == 50_000
    assert told.error == (told.said - 50_000) / 50_000


def test_a_month_before_any_plan_still_lands() -> None:
    company = scene.company()
    rows, whole = reading.landing(company.hos, scene.TODAY)
    assert whole.fact == 40_000
    assert whole.plan == 0
    assert {row.name for row in rows} == {company.anna.short_name}


def test_pace_follows_working_days_and_people_see_their_own() -> None:
    company = scene.company()
    scene.approved(company, 2_400_000, first=date(2026, 7, 1))
    rows, whole = reading.landing(company.hos, scene.TODAY)
    assert whole.plan == sum(row.plan for row in rows) > 0
    for row in rows:
        assert row.pace == (row.plan * 11 / 23).quantize(Decimal("0.01"))  # 1 to 15 July of 23 working days
        assert row.forecast == row.fact + row.deals + row.cyclic
    own, _whole = reading.landing(company.anna, scene.TODAY)
    assert [row.key for row in own] == [str(company.anna.pk)]
    head = make.employee("head", Role.BRANCH_HEAD, branch=company.vera.branch)
    assert {row.key for row in reading.landing(head, scene.TODAY)[0]} == {str(company.vera.pk)}
