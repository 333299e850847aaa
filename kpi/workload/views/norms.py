"""Norms of loads: all of them by month, and the forms that set one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kpi.plans.views.shared import dialog
from kpi.workload import norms as actions
from kpi.workload.forms import OutputNormForm, PortfolioNormForm
from kpi.workload.models import OF_ALWAYS, OutputNorm, PortfolioNorm
from salescrm.base import clock
from salescrm.base.periods import month_start
from salescrm.base.requests import posted
from staff.access import Act, login_of, require
from staff.models import Branch


@require_GET
def norms(request: HttpRequest) -> HttpResponse:
    """Show the norms of clients by branch and post and those of output, the newest first."""
    person = login_of(request)
    require(person, Act.SET_LOAD_NORMS)
    context = {
        "page_title": _("Norms of load"),
        "portfolio": PortfolioNorm.objects.select_related("branch", "author"),
        "branches": Branch.objects.order_by("-is_head_office", "name"),
        "output": OutputNorm.objects.select_related("author"),
        "always": OF_ALWAYS,
    }
    return render(request, "kpi/workload/norms.html", context)


@require_http_methods(["GET", "POST"])
def portfolio(request: HttpRequest) -> HttpResponse:
    """Set how many clients a post in a branch carries."""
    person, today = login_of(request), clock.today()
    require(person, Act.SET_LOAD_NORMS)
    form = PortfolioNormForm(posted(request), today=today)
    back = reverse("kpi:workload-norms")

    def act() -> PortfolioNorm:
        return actions.set_portfolio_norm(**form.cleaned_data, acting_user=person, today=today)

    return dialog(
        request,
        form,
        act,
        lambda made: _("Norm set: %(norm)s") % {"norm": made},
        title=_("Norm of clients"),
        label=_("Save"),
        back=lambda made: back,
    )


@require_http_methods(["GET", "POST"])
def output(request: HttpRequest) -> HttpResponse:
    """Set how long an order, a call and a letter take."""
    person, today = login_of(request), clock.today()
    require(person, Act.SET_LOAD_NORMS)
    now = actions.output_norm(month_start(today))
    form = OutputNormForm(posted(request), today=today, initial=OutputNormForm.of(now))
    back = reverse("kpi:workload-norms")

    def act() -> OutputNorm:
        data = form.cleaned_data
        minutes = [data["order_minutes"], data["call_minutes"], data["letter_minutes"]]
        return actions.set_output_norm(
            month=data["month"], minutes=minutes, day_hours=data["day_hours"], acting_user=person, today=today
        )

    return dialog(
        request,
        form,
        act,
        lambda made: _("Norm set: %(norm)s") % {"norm": made},
        title=_("Norm of output"),
        label=_("Save"),
        back=lambda made: back,
    )
