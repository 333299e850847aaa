"""The page of kinds and causes of claims: terms in force and to come, what is offered, how often each is met (R192)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from deals.claims import setting
from deals.claims.forms import KindForm, TermsForm, WordForm
from deals.claims.models import Claim, ClaimCause, ClaimKind, ClaimTerms
from salescrm.base import clock
from salescrm.base.periods import add_months
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may, require
from staff.models import Employee

STEP = 10  # between the places of rows
MONTHS = 12  # claims of which each row says the number


@dataclass(frozen=True)
class KindRow:
    """A kind with the terms of today, those to come and those of before, the newest first."""

    kind: ClaimKind
    answer_days: int
    decision_days: int
    coming: list[ClaimTerms]
    past: list[ClaimTerms]
    claims: int


@dataclass(frozen=True)
class CauseRow:
    """A cause and how many claims of the last year came to it."""

    cause: ClaimCause
    claims: int


@require_GET
def dictionaries(request: HttpRequest) -> HttpResponse:
    """Show the kinds with their terms, and the causes."""
    person, today = login_of(request), clock.today()
    require(person, Act.SEE_PIPELINES)
    recent = Claim.objects.visible_to(person, today).filter(deal__opened_on__gt=add_months(today, -MONTHS))
    context = {
        "page_title": _("Kinds and causes of claims"),
        "kinds": _kinds(today, _counted(recent, "kind")),
        "causes": [
            CauseRow(one, n)
            for counts in [_counted(recent, "cause")]
            for one in ClaimCause.objects.order_by("-is_active", "order", "pk")
            for n in [counts.get(one.pk, 0)]
        ],
        "may_change": may(person, Act.CHANGE_PIPELINES),
    }
    return render(request, "claims/dictionaries.html", context)


def _counted(rows: Any, name: str) -> dict[int, int]:
    return dict(rows.order_by().exclude(**{name: None}).values(name).annotate(n=Count("pk")).values_list(name, "n"))


def _kinds(today: date, counts: dict[int, int]) -> list[KindRow]:
    """Read all versions of all kinds in one query."""
    versions: dict[int, list[ClaimTerms]] = {}
    for one in ClaimTerms.objects.select_related("author").order_by("-effective_from", "-pk"):
        versions.setdefault(one.kind_id, []).append(one)
    found = []
    for kind in ClaimKind.objects.order_by("-is_active", "order", "pk"):
        past = [one for one in versions.get(kind.pk, []) if one.effective_from <= today]
        coming = [one for one in versions.get(kind.pk, []) if one.effective_from > today]
        now = past[0] if past else kind
        found.append(KindRow(kind, now.answer_days, now.decision_days, coming, past, counts.get(kind.pk, 0)))
    return found


@require_http_methods(["GET", "POST"])
def kind_new(request: HttpRequest) -> HttpResponse:
    """Add a kind with its terms."""
    person = _changer(request)
    form = KindForm(posted(request), initial={"order": _next(ClaimKind)})
    return _form(request, form, _("New kind of claims"), lambda said: setting.set_kind(
        found=None, fields=said, acting_user=person
    ))  # fmt: skip


@require_http_methods(["GET", "POST"])
def kind(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a kind is called, its place and whether it is offered."""
    person, found = _changer(request), get_object_or_404(ClaimKind, pk=pk)
    return _form(request, WordForm(posted(request), initial=_said(found)), _("Kind of claims"), lambda said: (
        setting.set_kind(found=found, fields=said, acting_user=person)
    ))  # fmt: skip


@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a kind other terms from a day on."""
    person, found, today = _changer(request), get_object_or_404(ClaimKind, pk=pk), clock.today()
    answer, decision = found.terms_on(today)
    initial = {"answer_days": answer, "decision_days": decision, "effective_from": today}
    form = TermsForm(posted(request), initial=initial)
    return _form(request, form, pgettext("claim", "Terms: %s") % found, lambda said: setting.set_terms(
        kind=found, acting_user=person, today=today, now=clock.now(), **said
    ))  # fmt: skip


@require_http_methods(["GET", "POST"])
def cause_new(request: HttpRequest) -> HttpResponse:
    """Add a cause."""
    person = _changer(request)
    form = WordForm(posted(request), initial={"order": _next(ClaimCause)})
    return _form(request, form, _("New cause of claims"), lambda said: setting.set_cause(
        found=None, fields=said, acting_user=person
    ))  # fmt: skip


@require_http_methods(["GET", "POST"])
def cause(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a cause is called, its place and whether it is offered."""
    person, found = _changer(request), get_object_or_404(ClaimCause, pk=pk)
    return _form(request, WordForm(posted(request), initial=_said(found)), _("Cause of claims"), lambda said: (
        setting.set_cause(found=found, fields=said, acting_user=person)
    ))  # fmt: skip


def _changer(request: HttpRequest) -> Employee:
    person = login_of(request)
    require(person, Act.CHANGE_PIPELINES)
    return person


def _said(found: ClaimKind | ClaimCause) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("name", "name_en", "order", "is_active")}


def _next(model: type[ClaimKind] | type[ClaimCause]) -> int:
    """Return a place after all others."""
    return (model._default_manager.order_by("-order").values_list("order", flat=True).first() or 0) + STEP


def _form(request: HttpRequest, form: Any, title: str, act: Callable[[dict[str, Any]], Any]) -> HttpResponse:
    """Draw a form, or carry it out and go back to the page."""
    if form.is_bound and form.is_valid():
        try:
            act(form.cleaned_data)
        except setting.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Saved"))
            url = reverse("deals:claim-dictionaries")
            return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)  # type: ignore[attr-defined] # django-htmx
    context = {"page_title": title, "form": form, "submit_label": _("Save")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)
