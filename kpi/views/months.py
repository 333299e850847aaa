"""Closing a month of figures, opening it again with a reason, and reckoning months anew."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kpi.measures import closing
from kpi.measures.models import Month
from salescrm.base import clock, jobs, show
from salescrm.base.requests import month_of, posted
from salescrm.base.toasts import close_dialog, toast
from staff.access import Act, login_of, require


class ReasonForm(forms.Form):
    """Why a closed month is opened again."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def _done(request: HttpRequest, month: str) -> HttpResponse:
    """Close the dialog, or go back to the board of the month."""
    if getattr(request, "htmx", False):
        return close_dialog(refresh=True)
    return redirect(f"{reverse('kpi:board')}?month={month}")


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, month: str) -> HttpResponse:
    """Ask, then freeze the month."""
    person = login_of(request)
    require(person, Act.CLOSE_MONTHS)
    row = get_object_or_404(Month, pk=month_of(month))
    form = forms.Form(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            closing.close(month=row.day, acting_user=person, now=clock.now())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            toast(request, _("The month %s is closed") % show.month(row.day))
            return _done(request, month)
    title = _("Close %s?") % show.month(row.day)
    context = {"page_title": title, "form": form, "submit_label": _("Close the month"), "row": row}
    return render(request, "kpi/month.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, month: str) -> HttpResponse:
    """Ask for the reason, then let the month's figures move again."""
    person = login_of(request)
    require(person, Act.CLOSE_MONTHS)
    row = get_object_or_404(Month, pk=month_of(month))
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            closing.reopen(month=row.day, reason=form.cleaned_data["reason"], acting_user=person, now=clock.now())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            toast(request, _("The month %s is open again") % show.month(row.day))
            return _done(request, month)
    title = _("Open %s again?") % show.month(row.day)
    context = {"page_title": title, "form": form, "submit_label": _("Open the month"), "row": row}
    return render(request, "kpi/month.html", context, status=422 if form.errors else 200)


@require_POST
def reckon(request: HttpRequest) -> HttpResponse:
    """Start reckoning the last 13 months anew; closed ones stay as they are."""
    person = login_of(request)
    require(person, Act.CLOSE_MONTHS)
    yesterday = clock.today() - timedelta(days=1)
    jobs.start("kpi-results", by=person, as_of=yesterday.isoformat(), months=13)
    toast(request, _("The figures of 13 months are being reckoned; it takes a minute"))
    return redirect("kpi:board")
