"""Screens of plans through their addresses: levels, acts, the number of questions asked, the second of two people."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpi.plans import actions
from kpi.plans.models import PlanFigure, PlanProposal, PlanReading, PlanState, PlanVersion, Seasonality, YearGoal
from salescrm.base import jobs
from salescrm.base.models import Job
from staff.models import Employee
from tests import make
from tests.plans import scene


def signed_in(person: Employee) -> Browser:
    """Return the browser of a person."""
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(person)
    return browser


@pytest.mark.django_db
def test_the_year_is_drilled_from_company_to_client(today: date) -> None:
    company = scene.company()
    scene.approved(company, first=date(2026, 1, 1))
    browser, page = signed_in(company.hos), reverse("kpi:plans")
    first = browser.get(page).content.decode()
    assert "Anna Testov" in first
    assert "Vera Testov" in first
    person = browser.get(f"{page}?employee={company.anna.pk}").content.decode()
    assert "group=top" in person
    assert "Альфа" not in person
    assert "Альфа" in browser.get(f"{page}?employee={company.anna.pk}&group=top").content.decode()


@pytest.mark.django_db
def test_a_manager_sees_own_rows_only(today: date) -> None:
    company = scene.company()
    plan = scene.approved(company, first=date(2026, 1, 1))
    browser = signed_in(company.anna)
    for url in (reverse("kpi:plans"), reverse("kpi:plan", args=[plan.pk]), reverse("kpi:plans-landing")):
        text = browser.get(url).content.decode()
        assert "Boris" not in text
        assert "Vera" not in text
    assert browser.get(f"{reverse('kpi:plans')}?employee={company.boris.pk}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["?employee=x", "?employee=99999", "?year=1", "?year=20260", "?employee=99999999999999999999"]
)
def test_a_broken_address_is_not_found(query: str, today: date) -> None:
    company = scene.company()
    assert signed_in(company.hos).get(reverse("kpi:plans") + query).status_code == 404


@pytest.mark.django_db
def test_from_goal_to_read_through_the_screens(today: date) -> None:
    company = scene.company()
    hos, anna = signed_in(company.hos), signed_in(company.anna)
    said = {"first_month": "2026-08-01", "months": 12, "goal": "3000000", "comment": "Год"}
    hos.post(reverse("kpi:plan-new"), said)
    plan = PlanVersion.objects.get()
    jobs.work(Job.objects.get(kind="plan-make").pk)
    assert sum(scene.sums(plan, "month").values()) == 3_000_000
    page = reverse("kpi:plan", args=[plan.pk])
    assert anna.get(page).status_code == 404  # a draft is its makers'
    hos.post(reverse("kpi:plan-propose", args=[plan.pk]), {"seen": 1})
    assert anna.get(page).status_code == 200
    row = f"?month=2026-08-01&employee={company.anna.pk}&group=top"
    anna.post(reverse("kpi:plan-own", args=[plan.pk]) + row, {"amount": "99000", "comment": "Тендер"})
    offer = PlanProposal.objects.get()
    hos.post(reverse("kpi:plan-answer", args=[plan.pk, offer.pk]), {"agreed": "100000", "words": "Да", "seen": 1})
    hos.post(reverse("kpi:plan-figure", args=[plan.pk]) + row, {"amount": "120000", "seen": 3})
    leaves = PlanFigure.objects.filter(plan=plan, month="2026-08-01", employee=company.anna, client_group="top")
    assert sum(leaves.filter(measure="turnover").values_list("amount", flat=True)) == 120_000
    plan.refresh_from_db()
    hos.post(reverse("kpi:plan-approve", args=[plan.pk]), {"seen": plan.version})
    plan.refresh_from_db()
    assert plan.state == PlanState.APPROVED
    assert "have read" in anna.get(reverse("kpi:plans")).content.decode()
    anna.post(reverse("kpi:plan-read", args=[plan.pk]))
    assert PlanReading.objects.get(employee=company.anna).read_at


@pytest.mark.django_db
def test_nobody_offers_for_another_and_strangers_rows_are_not_found(today: date) -> None:
    company = scene.company()
    plan = scene.draft(company)
    actions.propose(plan=plan, seen=1, acting_user=company.hos)
    url = reverse("kpi:plan-own", args=[plan.pk]) + f"?month=2026-08-01&group=top&employee={company.boris.pk}"
    assert signed_in(company.anna).post(url, {"amount": 1}).status_code == 404
    assert signed_in(company.hos).post(url, {"amount": 1}).status_code == 403
    assert not PlanProposal.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["-1", "много", "", "1e30", "0.001"])
def test_a_bad_figure_changes_nothing(amount: str, today: date) -> None:
    company = scene.company()
    plan = scene.draft(company)
    before = scene.sums(plan, "employee_id", "month")
    url = reverse("kpi:plan-figure", args=[plan.pk]) + f"?month=2026-08-01&employee={company.anna.pk}"
    assert signed_in(company.hos).post(url, {"amount": amount, "seen": 1}).status_code == 422
    assert scene.sums(plan, "employee_id", "month") == before


@pytest.mark.django_db
def test_seasonality_is_reckoned_edited_and_the_second_is_told(today: date) -> None:
    company = scene.company()
    browser = signed_in(company.hos)
    browser.post(reverse("kpi:seasonality-refresh"))
    first = Seasonality.objects.get()
    said: dict[str, Any] = {"comment": "Сдвиг", "seen": first.pk} | {f"m{n}": 1 + (n == 9) for n in range(1, 13)}
    assert browser.post(reverse("kpi:seasonality-edit"), said).status_code == 302
    assert browser.post(reverse("kpi:seasonality-edit"), said).status_code == 422
    newest = Seasonality.objects.first()
    assert newest is not None
    shares = {one.month: one.coefficient for one in newest.shares.filter(direction=None)}
    assert sum(shares.values()) == 12
    assert shares[9] > Decimal("1.84")
    text = browser.get(reverse("kpi:seasonality")).content.decode()
    assert "changed by hand" in text


@pytest.mark.django_db
def test_versions_are_compared(today: date) -> None:
    company = scene.company()
    one, two = scene.draft(company, 1_200_000), scene.draft(company, 2_400_000)
    text = signed_in(company.hos).get(reverse("kpi:plan-compare", args=[two.pk, one.pk])).content.decode()
    assert "+1,200,000" in text or "Difference" in text


@pytest.mark.django_db
def test_the_goal_of_a_year_is_set(today: date) -> None:
    company = scene.company()
    browser, url = signed_in(company.hos), reverse("kpi:plan-goal", args=[2027])
    assert browser.post(url, {"amount": "5000000", "seen": 0}).status_code == 302
    assert browser.post(url, {"amount": "6000000", "seen": 0}).status_code == 422
    assert YearGoal.objects.get().amount == 5_000_000
    assert browser.get(reverse("kpi:plan-goal", args=[1999])).status_code == 404


PAGES: list[Callable[[PlanVersion], str]] = [
    lambda plan: reverse("kpi:plans") + "?year=2026",
    lambda plan: reverse("kpi:plans-landing"),
    lambda plan: reverse("kpi:plan", args=[plan.pk]),
]


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_the_number_of_questions_does_not_grow_with_people(page: Callable[[PlanVersion], str], today: date) -> None:
    company = scene.company()
    plan = scene.approved(company, first=date(2026, 1, 1))
    browser, counts = signed_in(company.hos), []
    browser.get(page(plan))  # what is read once for all is read now
    for more in (0, 27):
        for n in range(more):
            person = make.employee(f"more{n}", branch=company.vera.branch)
            PlanFigure.objects.create(
                plan=plan, month=date(2026, 7, 1), employee=person, branch=person.branch, amount=5, goal=5
            )
            PlanReading.objects.create(plan=plan, employee=person, told_at=scene.NOW)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(page(plan)).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 30


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_one_moment_one_is_told() -> None:
    with transaction.atomic():
        company = scene.company()
        plan = scene.draft(company)
    told: list[str] = []

    def approve() -> None:
        try:
            actions.approve(plan=plan, seen=1, acting_user=company.hos, now=scene.NOW)
            told.append("done")
        except jobs.Refused:
            told.append("refused")
        finally:
            connection.close()

    both = [threading.Thread(target=approve) for _n in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(told) == ["done", "refused"]
    assert PlanReading.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_versions_begun_at_one_moment_have_two_numbers() -> None:
    with transaction.atomic():
        company = scene.company()

    def begin() -> None:
        scene.draft(company)
        connection.close()

    both = [threading.Thread(target=begin) for _n in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(PlanVersion.objects.values_list("number", flat=True)) == [1, 2]
