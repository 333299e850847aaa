"""Making a version, goals of years, figures of a row, own figures and what is agreed on them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kpi.plans import actions, making, seasons
from kpi.plans.actions import Place
from kpi.plans.forms import AnswerForm, FigureForm, GoalForm, OwnForm, PlanForm
from kpi.plans.models import GROUP_CHOICES, PlanProposal, PlanState, PlanVersion, YearGoal
from kpi.plans.views.shared import (
    Reader,
    dialog,
    group_in,
    measure_in,
    month_in,
    number_in,
    page_of,
    reader,
    version_of,
)
from salescrm.base import clock, show
from salescrm.base.periods import add_months, month_start
from salescrm.base.requests import posted
from staff.access import Act
from staff.models import Employee

WHOLE = 12


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a version from a goal: what it gives is a draft to look at before anybody sees it (R224)."""
    who = reader(request, Act.PROPOSE_PLANS)
    first = add_months(month_start(who.today), 1)
    usual = making.parts(first, who.today).total
    start = {"first_month": first, "months": WHOLE, "goal": goal_of(first, WHOLE) or usual}
    form = PlanForm(posted(request), today=who.today, initial=start)

    def act() -> PlanVersion:
        data = form.cleaned_data
        made, _job = actions.make(
            first_month=data["first_month"], months=data["months"], goal=data["goal"], comment=data["comment"],
            acting_user=who.person, now=clock.now(), today=who.today, submission=form.told_submission,
        )  # fmt: skip
        return made

    def words(made: PlanVersion) -> str:
        return _("Plan %s is a draft: look at it, then propose or approve it") % made.number

    return dialog(
        request, form, act, words, title=_("New plan"), label=_("Make a draft"), back=page_of, moves=True,
        usual=usual, template="kpi/plans/new.html",
    )  # fmt: skip


def goal_of(first: date, months: int) -> Decimal:
    """Return what the goals of the years make for a period, month by month by seasonality; 0 where a year has none."""
    goals = dict(YearGoal.objects.values_list("year", "amount"))
    curve, whole = seasons.in_force().curve(None), Decimal(0)
    for month in (add_months(first, n) for n in range(months)):
        if month.year not in goals:
            return Decimal(0)
        whole += goals[month.year] * curve[month.month - 1] / WHOLE
    return whole.quantize(Decimal(1))


@require_http_methods(["GET", "POST"])
def goal(request: HttpRequest, year: int) -> HttpResponse:
    """Set or change the goal of a year (R220)."""
    who = reader(request, Act.CHANGE_PLANS)
    if not who.today.year - 5 <= year <= who.today.year + 5:
        raise Http404(str(year))
    known = YearGoal.objects.filter(year=year).first()
    start = {"amount": known.amount, "comment": known.comment} if known else {}
    form = GoalForm(posted(request), seen=known.version if known else 0, initial=start)

    def act() -> YearGoal:
        data = form.cleaned_data
        return actions.set_goal(
            year=year, amount=data["amount"], comment=data["comment"], seen=form.told_seen, acting_user=who.person,
            now=clock.now(),
        )  # fmt: skip

    def words(made: YearGoal) -> str:
        return _("The goal of %(year)s is %(amount)s") % {"year": year, "amount": show.money(made.amount)}

    title = _("Goal of %s") % year
    return dialog(request, form, act, words, title=title, label=_("Save"), back=lambda made: reverse("kpi:plans"))


def place_of(request: HttpRequest, who: Reader, plan: PlanVersion) -> tuple[Place, Employee]:
    """Return the row in a month the address names, of a person one sees; 404 otherwise."""
    month, employee = month_in(request), number_in(request, "employee")
    person = get_object_or_404(Employee, pk=employee)
    if not who.sees(employee) or month not in plan.every_month:
        raise Http404(str(employee))
    return Place(month, employee, group_in(request), measure_in(request)), person


def _title(place: Place, person: Employee) -> str:
    group = dict(GROUP_CHOICES).get(place.client_group, "")
    return ", ".join(str(one) for one in (person.short_name, group, show.month(place.month)) if one)


def _back(plan: PlanVersion, place: Place) -> str:
    more = f"?employee={place.employee}" if place.client_group else ""
    return page_of(plan) + more


@require_http_methods(["GET", "POST"])
def figure(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the figure of a person or of a group of clients in a month of an open plan."""
    who = reader(request, Act.PROPOSE_PLANS)
    plan = version_of(who, pk)
    place, person = place_of(request, who, plan)
    leaves = actions.figures_of(plan, place)
    now = sum((leaf.amount for leaf in leaves), Decimal(0))
    usual = sum((leaf.statistical for leaf in leaves), Decimal(0))
    form = FigureForm(posted(request), seen=plan.version, initial={"amount": now})

    def act() -> Decimal:
        amount: Decimal = form.cleaned_data["amount"]
        actions.set_figure(
            plan=plan, place=place, amount=amount, keep_total=form.cleaned_data["keep_total"], seen=form.told_seen,
            acting_user=who.person,
        )  # fmt: skip
        return amount

    def words(made: Decimal) -> str:
        said = {"row": _title(place, person), "amount": show.number(made), "change": show.signed(made - now)}
        return _("%(row)s: %(amount)s (%(change)s)") % said

    return dialog(
        request, form, act, words, title=_title(place, person), label=_("Save"), back=lambda made: _back(plan, place),
        template="kpi/plans/figure.html", now=now, usual=usual, added=now - usual,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one's own figure beside the plan's while it is proposed (R227)."""
    who = reader(request)
    plan = version_of(who, pk)
    place, person = place_of(request, who, plan)
    if person.pk not in who.person.acting_for(who.today):
        raise PermissionDenied
    at = {"plan": plan, "employee": person, "month": place.month, "client_group": place.client_group}
    known = PlanProposal.objects.filter(**at).first()
    now = sum((leaf.amount for leaf in actions.figures_of(plan, place)), Decimal(0))
    start = {"amount": known.amount if known else now, "comment": known.comment if known else ""}
    form = OwnForm(posted(request), seen=known.version if known else 0, initial=start)

    def act() -> PlanProposal:
        data = form.cleaned_data
        return actions.own_figure(
            plan=plan, place=place, amount=data["amount"], comment=data["comment"], seen=form.told_seen,
            acting_user=who.person, now=clock.now(),
        )  # fmt: skip

    def words(made: PlanProposal) -> str:
        return _("Your figure %s is kept: the head answers it") % show.money(made.amount)

    return dialog(
        request, form, act, words, title=_title(place, person), label=_("Propose"),
        back=lambda made: _back(plan, place), template="kpi/plans/figure.html", now=now, is_own=True,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int, own: int) -> HttpResponse:
    """Agree on a figure; the plan takes it, the difference stays on record (R227)."""
    who = reader(request, Act.PROPOSE_PLANS)
    plan = version_of(who, pk)
    found = get_object_or_404(PlanProposal.objects.select_related("employee", "plan"), plan=plan, pk=own)
    place = Place(found.month, found.employee_id, found.client_group)
    form = AnswerForm(posted(request), seen=found.version, initial={"agreed": found.amount})

    def act() -> Decimal:
        data = form.cleaned_data
        actions.answer(
            proposal=found, agreed=data["agreed"], words=data["words"], seen=form.told_seen, acting_user=who.person,
            now=clock.now(),
        )  # fmt: skip
        agreed: Decimal = data["agreed"]
        return agreed

    def words(made: Decimal) -> str:
        return _("%(person)s: agreed on %(amount)s") % {
            "person": found.employee.short_name,
            "amount": show.money(made),
        }

    if request.method == "GET" and plan.state not in (PlanState.DRAFT, PlanState.PROPOSED):
        return redirect(page_of(plan))
    return dialog(
        request, form, act, words, title=_title(place, found.employee), label=_("Agree"),
        back=lambda made: page_of(plan), template="kpi/plans/figure.html", now=found.planned, offered=found,
    )  # fmt: skip
