"""The pay fund: what the turnover gives, what is paid, what is left (R259)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kpi.pay import actions, reading
from kpi.pay.forms import RateForm
from kpi.pay.models import PayFundRate
from kpi.plans.views.shared import dialog
from salescrm.base import clock, show
from salescrm.base.periods import month_start
from salescrm.base.requests import posted
from staff.access import Act, Pay, login_of, may, pay, require

MONTHS = 12


@require_GET
def fund(request: HttpRequest) -> HttpResponse:
    """Show the fund of twelve months and its balance."""
    person = login_of(request)
    if pay(person) not in (Pay.DEPARTMENT, Pay.ALL):
        raise PermissionDenied
    months = reading.fund(month_start(clock.today()), MONTHS, reading.seen_people(person))
    context = {
        "page_title": _("Pay fund"),
        "months": months,
        "rates": PayFundRate.objects.select_related("author"),
        "may_change": may(person, Act.CHANGE_PAY),
    }
    return render(request, "kpi/pay/fund.html", context)


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest) -> HttpResponse:
    """Set the rate from a month on."""
    person = login_of(request)
    require(person, Act.CHANGE_PAY)
    today = clock.today()
    form = RateForm(posted(request), today=today, initial={"month": month_start(today).isoformat()})

    def act() -> PayFundRate:
        data = form.cleaned_data
        return actions.set_rate(month=data["month"], percent=data["percent"], acting_user=person)

    def words(made: PayFundRate) -> str:
        said = {"percent": show.percent(made.percent / 100, 2), "month": show.month(made.month)}
        return _("The pay fund is %(percent)s of turnover from %(month)s on") % said

    back = reverse("kpi:pay-fund")
    return dialog(request, form, act, words, title=_("Rate of the pay fund"), label=_("Save"), back=lambda made: back)
