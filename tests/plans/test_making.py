"""A plan from the goal down and from each client up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpi.plans import making, seasons
from kpi.plans.models import PlanEstimate, PlanFigure
from tests.plans import scene

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("goal", ["3000000", "2999999", "1000000.07", "1"])
def test_every_level_adds_up_to_the_goal(goal: str) -> None:
    company = scene.company()
    plan = scene.draft(company, goal)
    assert sum(scene.sums(plan, "month").values()) == Decimal(goal)
    assert sum(scene.sums(plan, "branch_id").values()) == Decimal(goal)
    assert sum(scene.sums(plan, "employee_id", "client_group", "month").values()) == Decimal(goal)
    figures = PlanFigure.objects.filter(plan=plan)
    assert all(one.amount == one.statistical + one.goal and one.amount >= 0 for one in figures)


def test_the_statistical_part_is_last_years_volume_and_the_goal_part_the_rest() -> None:
    company = scene.company()
    plan = scene.draft(company, 3_000_000)
    turnover = PlanFigure.objects.filter(plan=plan, measure="turnover")
    usual = sum((one.statistical for one in turnover), Decimal(0))
    assert usual == making.parts(scene.FIRST, scene.TODAY).total == 2_402_640  # twelve months of 200,000 and what grows
    assert sum((one.goal for one in turnover), Decimal(0)) == 3_000_000 - usual


def test_people_and_groups_get_their_share_of_history() -> None:
    company = scene.company()
    plan = scene.draft(company, 2_000_000)
    by_person = scene.sums(plan, "employee_id")
    whole = sum(by_person.values())
    shares = {key[0]: round(amount / whole, 2) for key, amount in by_person.items()}
    assert shares == {
        company.anna.pk: Decimal("0.65"), company.boris.pk: Decimal("0.25"), company.vera.pk: Decimal("0.10")
    }  # fmt: skip
    groups = set(scene.sums(plan, "employee_id", "client_group"))
    assert groups == {
        (company.anna.pk, "top"), (company.anna.pk, "others"), (company.boris.pk, "top"), (company.vera.pk, "new")
    }  # fmt: skip
    singles = set(PlanFigure.objects.filter(plan=plan, client__isnull=False).values_list("client__name", flat=True))
    assert singles == {"Альфа", "Гамма"}


def test_months_follow_seasonality_and_working_days() -> None:
    company = scene.company()
    curve = [Decimal(1)] * 12
    curve[8], curve[9] = Decimal(2), Decimal(0)  # September twice, October nothing
    seasons.keep(
        curves={None: curve}, reckoned={}, period=(scene.FIRST, scene.TODAY.replace(month=9, day=1)), comment="",
        acting_user=company.hos, now=scene.NOW,
    )  # fmt: skip
    plan = scene.draft(company, 12_000_000)
    months = {key[0].month: amount for key, amount in scene.sums(plan, "month").items()}
    assert 10 not in months
    august, september = months[8] / 21, months[9] / 22  # working days of 2026
    assert abs(september / august - 2) < Decimal("0.001")


def test_clients_buy_by_their_rhythm_from_the_day_they_are_expected() -> None:
    company = scene.company()
    plan = scene.draft(company)
    found = PlanEstimate.objects.filter(plan=plan, part="base", employee=company.boris).order_by("month")
    days = [one.month.month for one in found]
    assert days[0] == 8  # 9 August and every 30 days: each month has its order
    mean = (12 * 50_000 + 660) / Decimal(12)
    assert found[0].amount == mean
    assert sum((one.amount for one in found), Decimal(0)) == mean * 12


def test_numbers_of_clients_are_planned_by_person() -> None:
    company = scene.company()
    plan = scene.draft(company, 2_402_640)
    assert scene.sums(plan, "employee_id", "month", measure="active_accounts")[(company.anna.pk, scene.FIRST)] == 2
    assert scene.sums(plan, "employee_id", "month", measure="active_top")[(company.anna.pk, scene.FIRST)] == 1


def test_without_history_nothing_is_made() -> None:
    company = scene.company()
    assert making.parts(scene.FIRST.replace(year=2020), scene.TODAY).rows == []
    assert company.clients


def test_seasonality_comes_from_full_years_and_means_one() -> None:
    scene.company()
    start, end, curves = seasons.reckon(scene.TODAY)
    assert (start, end) == (scene.FIRST.replace(year=2025, month=7), scene.FIRST.replace(month=7))
    assert all(sum(curve) == 12 for curve in curves.values())
    assert len(curves) == 3  # all goods and two directions
