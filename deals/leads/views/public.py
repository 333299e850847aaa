"""The public form: the only page other sites may frame, those its settings name (R154)."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from deals.leads import actions, public
from deals.leads.forms import PublicLead
from deals.leads.models import LeadChannel, LeadForm
from deals.leads.said import Said
from salescrm.base import clock


@csrf_exempt
@login_not_required
@xframe_options_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def public_form(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a form to strangers and take what they send; a trap that is filled is thanked and kept nowhere."""
    form_of = get_object_or_404(LeadForm.objects.published().select_related("source", "branch"), slug=slug)
    if request.method == "GET":
        if request.GET.get("sent") == "1":
            return _framed(render(request, "leads/public_thanks.html", {"of": form_of}), form_of)
        return _framed(
            _page(request, form_of, PublicLead(of=form_of, initial={"token": public.token(form_of)})), form_of
        )
    return _framed(_sent(request, form_of), form_of)


def _sent(request: HttpRequest, form_of: LeadForm) -> HttpResponse:
    form = PublicLead(request.POST, of=form_of)
    if not form.is_valid():
        return _page(request, form_of, form, status=422)
    if public.is_too_many(request, form_of):
        return render(request, "leads/public_later.html", {"of": form_of}, status=429)
    if form.cleaned_data["website"]:
        return _thanks(request)
    try:
        known = public.read(form.cleaned_data["token"], form_of)
    except public.TooFast:
        form.add_error(None, _("That was very quick. Look at what you typed and send it once more."))
        return _page(request, form_of, form, status=422)
    except public.Stale:
        form.add_error(None, _("This page stood open for too long. What you typed is kept: send it once more."))
        form.data = request.POST.copy()
        form.data["token"] = public.token(form_of)
        return _page(request, form_of, form, status=422)
    said = {name: form.cleaned_data.get(name, "") for name in ("person", "company", "phone", "email", "city", "text")}
    actions.receive(
        said=Said(
            channel=LeadChannel.FORM,
            source=form_of.source,
            branch=form_of.branch,
            submission=known.submission,
            form=form_of,
            consent=form_of.consent,
            **said,
            **form.keys,
        ),
        acting_user=None,
        now=clock.now(),
    )
    return _thanks(request)


def _thanks(request: HttpRequest) -> HttpResponse:
    return redirect(f"{request.path}?sent=1")


def _page(request: HttpRequest, form_of: LeadForm, form: PublicLead, status: int = 200) -> HttpResponse:
    return render(request, "leads/public_form.html", {"of": form_of, "form": form}, status=status)


def _framed(answer: HttpResponse, form_of: LeadForm) -> HttpResponse:
    """Say which sites may frame the answer: those of the form, else only we ourselves."""
    sites: list[Any] = form_of.allowed_sites
    answer._csp_replace = {"frame-ancestors": [SELF, *sites] if sites else [NONE]}  # type: ignore[attr-defined] # django-csp
    return answer
