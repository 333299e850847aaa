"""The criteria calls are scored by: for heads who see everybody's rows."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from deals.call_reviews import actions
from deals.call_reviews.forms import CriterionForm
from deals.call_reviews.models import CallCriterion
from deals.call_reviews.views.shared import sets_criteria, tabs
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import login_of
from staff.models import Employee

STEP = 10  # between the places of criteria


@require_GET
def criteria(request: HttpRequest) -> HttpResponse:
    """List the criteria with their weights and the share of each in the score."""
    person = login_of(request)
    _require(person)
    found = list(CallCriterion.objects.order_by("-is_active", "order", "pk"))
    whole = sum(one.weight for one in found if one.is_active)
    context = {
        "page_title": _("Criteria of call reviews"),
        "tabs": tabs(person, "calls:criteria"),
        "found": [(one, one.weight / whole if one.is_active else None) for one in found],
    }
    return render(request, "calls/criteria.html", context)


@require_http_methods(["GET", "POST"])
def criterion_new(request: HttpRequest) -> HttpResponse:
    """Add a criterion."""
    return _form(request, None, _("New criterion"))


@require_http_methods(["GET", "POST"])
def criterion(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a criterion; what was scored with it stays as it was."""
    _require(login_of(request))
    return _form(request, get_object_or_404(CallCriterion, pk=pk), _("Criterion"))


def _form(request: HttpRequest, found: CallCriterion | None, title: str) -> HttpResponse:
    _require(login_of(request))
    last = CallCriterion.objects.order_by("-order").values_list("order", flat=True).first()
    form = CriterionForm(posted(request), instance=found or CallCriterion(order=(last or 0) + STEP))
    if form.is_bound and form.is_valid():
        try:
            actions.set_criterion(found=found, fields=form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Saved"))
            url = reverse("calls:criteria")
            return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)  # type: ignore[attr-defined] # django-htmx
    context = {"page_title": title, "form": form, "submit_label": _("Save")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


def _require(person: Employee) -> None:
    if not sets_criteria(person):
        raise PermissionDenied
