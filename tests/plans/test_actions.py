"""What people decide of a plan, what the second of two is told, and that bad acts change nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from kpi.plans import actions, daily, deadlines, reading
from kpi.plans.actions import Place
from kpi.plans.models import PlanFigure, PlanProposal, PlanReading, PlanState, PlanVersion, YearGoal
from salescrm.base.jobs import Refused
from salescrm.base.models import Job, Notification
from staff.calendar import country
from tests.plans import scene

pytestmark = pytest.mark.django_db
AUGUST = scene.FIRST


def place(company: scene.Company, group: str = "") -> Place:
    """Name Anna's row in August."""
    return Place(AUGUST, company.anna.pk, group)


def amount_of(plan: PlanVersion, at: Place) -> Decimal:
    """Return what a row has."""
    return sum((leaf.amount for leaf in actions.figures_of(plan, at)), Decimal(0))


def test_one_form_makes_one_version() -> None:
    company, submission = scene.company(), uuid4()
    for _n in range(2):
        actions.make(
            first_month=AUGUST, months=12, goal=Decimal(1), comment="", acting_user=company.hos, now=scene.NOW,
            today=scene.TODAY, submission=submission,
        )  # fmt: skip
    assert PlanVersion.objects.count() == 1
    assert Job.objects.filter(kind="plan-make").count() == 1


@pytest.mark.parametrize("amount", ["0", "1", "100000", "123456.78"])
def test_a_row_is_changed_with_its_leaves_in_proportion(amount: str) -> None:
    company = scene.company()
    plan = scene.draft(company)
    at = place(company)
    actions.set_figure(
        plan=plan, place=at, amount=Decimal(amount), keep_total=False, seen=1, acting_user=company.hos
    )  # fmt: skip
    assert amount_of(plan, at) == Decimal(amount)
    plan.refresh_from_db()
    assert plan.version == 2


def test_the_total_of_the_month_is_kept_by_the_others_or_moves_with_the_row() -> None:
    company = scene.company()
    plan = scene.draft(company)
    before, at = scene.sums(plan, "month")[(AUGUST,)], place(company, "top")
    more = amount_of(plan, at) + 1000
    actions.set_figure(plan=plan, place=at, amount=more, keep_total=True, seen=1, acting_user=company.hos)
    assert (amount_of(plan, at), scene.sums(plan, "month")[(AUGUST,)]) == (more, before)
    actions.set_figure(plan=plan, place=at, amount=more + 500, keep_total=False, seen=2, acting_user=company.hos)
    assert scene.sums(plan, "month")[(AUGUST,)] == before + 500
    with pytest.raises(Refused):
        actions.set_figure(plan=plan, place=at, amount=before * 2, keep_total=True, seen=3, acting_user=company.hos)
    assert scene.sums(plan, "month")[(AUGUST,)] == before + 500


def test_the_second_of_two_is_told_and_nothing_is_overwritten() -> None:
    company = scene.company()
    plan = scene.draft(company)
    at = place(company)
    actions.set_figure(plan=plan, place=at, amount=Decimal(5), keep_total=False, seen=1, acting_user=company.hos)
    with pytest.raises(Refused):
        actions.set_figure(plan=plan, place=at, amount=Decimal(7), keep_total=False, seen=1, acting_user=company.csh)
    with pytest.raises(Refused):
        actions.approve(plan=plan, seen=1, acting_user=company.hos, now=scene.NOW)
    assert amount_of(plan, at) == 5


def test_an_approved_plan_holds_and_is_changed_by_a_correction_only() -> None:
    company = scene.company()
    plan = scene.approved(company)
    with pytest.raises(Refused):
        actions.set_figure(
            plan=plan, place=place(company), amount=Decimal(5), keep_total=False, seen=plan.version,
            acting_user=company.hos,
        )  # fmt: skip
    with pytest.raises(Refused):
        actions.discard(plan=plan, seen=plan.version)
    made = actions.correct(
        plan=plan, reason="Ушёл крупный клиент", acting_user=company.hos, now=scene.NOW, submission=uuid4()
    )
    assert made.corrects == plan
    assert scene.sums(made, "employee_id", "month") == scene.sums(plan, "employee_id", "month")
    assert PlanVersion.objects.in_force(AUGUST) == plan
    actions.set_figure(
        plan=made, place=place(company), amount=Decimal(5), keep_total=False, seen=1, acting_user=company.hos
    )  # fmt: skip
    later = scene.NOW + timedelta(hours=1)
    actions.approve(plan=made, seen=2, acting_user=company.hos, now=later)
    plan.refresh_from_db()
    assert (PlanVersion.objects.in_force(AUGUST), plan.state) == (made, PlanState.REPLACED)
    assert amount_of(plan, place(company)) > 5  # what it was is kept


def test_the_newest_approved_wins_month_by_month() -> None:
    company = scene.company()
    whole = scene.approved(company)
    short = scene.draft(company, 100, months=2)
    actions.approve(plan=short, seen=1, acting_user=company.hos, now=scene.NOW + timedelta(hours=1))
    months = [date(2026, 7, 1), AUGUST, date(2026, 9, 1), date(2026, 10, 1), date(2027, 7, 1), date(2027, 8, 1)]
    found = reading.in_force(months)
    assert found == {AUGUST: short, date(2026, 9, 1): short, date(2026, 10, 1): whole, date(2027, 7, 1): whole}
    whole.refresh_from_db()
    assert whole.state == PlanState.APPROVED


def test_a_correction_asks_for_a_reason_in_the_base_too() -> None:
    company = scene.company()
    plan = scene.approved(company)
    with pytest.raises(IntegrityError, match="plan_corrected_for_a_reason"), transaction.atomic():
        PlanVersion.objects.create(
            number=99, first_month=AUGUST, corrects=plan, author=company.hos, created_at=scene.NOW
        )
    one = PlanFigure.objects.filter(plan=plan).first()
    assert one is not None
    one.pk = None
    with pytest.raises(IntegrityError, match="one_figure_per_place"), transaction.atomic():
        one.save(force_insert=True)
    with pytest.raises(IntegrityError, match="figure_is_both_parts"), transaction.atomic():
        PlanFigure.objects.filter(plan=plan).update(goal=1)


def test_own_figures_are_given_answered_and_their_difference_kept() -> None:
    company = scene.company()
    plan, at = scene.draft(company), place(company, "top")
    told = {"plan": plan, "place": at, "comment": "Ждут тендер", "acting_user": company.anna, "now": scene.NOW}
    with pytest.raises(Refused):
        actions.own_figure(amount=Decimal(90_000), seen=0, **told)  # type: ignore[arg-type]
    actions.propose(plan=plan, seen=1, acting_user=company.csh)
    assert Notification.objects.filter(kind="plan", person=company.anna).count() == 1
    planned = amount_of(plan, at)
    offer = actions.own_figure(amount=Decimal(90_000), seen=0, **told)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        actions.own_figure(amount=Decimal(1), seen=0, **told)  # type: ignore[arg-type]
    actions.answer(
        proposal=offer, agreed=Decimal(100_000), words="Берём сто", seen=1, acting_user=company.hos, now=scene.NOW
    )
    offer = PlanProposal.objects.get()
    assert (offer.planned, offer.amount, offer.agreed) == (planned, 90_000, 100_000)
    assert amount_of(plan, at) == 100_000


def test_whom_it_concerns_is_told_and_says_have_read() -> None:
    company = scene.company()
    plan = scene.approved(company)
    assert set(PlanReading.objects.values_list("employee", flat=True)) == {
        company.anna.pk, company.boris.pk, company.vera.pk
    }  # fmt: skip
    assert actions.read(plan=plan, employee=company.anna, now=scene.NOW)
    first = PlanReading.objects.get(employee=company.anna).read_at
    assert actions.read(plan=plan, employee=company.anna, now=scene.NOW + timedelta(days=1))
    assert PlanReading.objects.get(employee=company.anna).read_at == first
    assert not actions.read(plan=plan, employee=company.csh, now=scene.NOW)
    daily.run(scene.TODAY + timedelta(days=5))
    waiting = Notification.objects.filter(key=f"plan-{plan.pk}-reread").values_list("person", flat=True)
    assert set(waiting) == {company.boris.pk, company.vera.pk}


def test_a_goal_of_a_year_is_changed_by_who_saw_it() -> None:
    company = scene.company()
    told = {"year": 2026, "comment": "", "acting_user": company.hos, "now": scene.NOW}
    actions.set_goal(amount=Decimal(10), seen=0, **told)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        actions.set_goal(amount=Decimal(20), seen=0, **told)  # type: ignore[arg-type]
    actions.set_goal(amount=Decimal(30), seen=1, **told)  # type: ignore[arg-type]
    assert YearGoal.objects.get().amount == 30


@pytest.mark.parametrize(
    ("today", "plan_left", "closed", "close_by"),
    [
        (date(2026, 7, 1), 24, date(2026, 6, 1), date(2026, 7, 3)),
        (date(2026, 7, 3), 22, date(2026, 6, 1), date(2026, 7, 3)),
        (date(2026, 7, 4), 21, date(2026, 7, 1), date(2026, 8, 5)),
        (date(2026, 7, 25), 0, date(2026, 7, 1), date(2026, 8, 5)),
        (date(2026, 7, 31), -6, date(2026, 7, 1), date(2026, 8, 5)),
        (date(2026, 1, 5), 20, date(2025, 12, 1), date(2026, 1, 14)),  # holidays until the 11th
    ],
)
def test_deadlines(today: date, plan_left: int, closed: date, close_by: date) -> None:
    found = deadlines.of(today, country())
    assert (found.plan_left, found.closed, found.close_by) == (plan_left, closed, close_by)


def test_the_head_is_reminded_until_the_next_month_has_its_plan() -> None:
    company = scene.company()
    for _n in range(2):  # twice a day says it once
        daily.run(date(2026, 7, 20))
    told = Notification.objects.filter(key__startswith="plan-due")
    assert list(told.values_list("person", flat=True)) == [company.hos.pk]
    scene.approved(company)
    daily.run(date(2026, 7, 24))
    assert told.count() == 1


def test_the_board_reads_leaves_of_the_plan_a_viewer_sees(today: date) -> None:
    company = scene.company()
    plan = scene.approved(company)
    rows = reading.planned(AUGUST, company.hos)
    whole = sum(row["amount"] for row in rows if row["measure"] == "turnover")
    assert whole == scene.sums(plan, "month")[(AUGUST,)]
    own = reading.planned(AUGUST, company.anna)
    assert {row["employee"] for row in own} == {company.anna.pk}
    assert reading.planned(date(2030, 1, 1), company.hos) == []
