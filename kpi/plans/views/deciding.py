"""What is decided of a version as a whole: propose, approve, correct, discard; that a person has read it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kpi.plans import actions
from kpi.plans.forms import ReasonForm
from kpi.plans.models import PlanVersion
from kpi.plans.views.shared import answered, dialog, page_of, reader, refused, seen_in, version_of
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.requests import posted
from staff.access import Act


@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft to the people it concerns (R227)."""
    who = reader(request, Act.PROPOSE_PLANS)
    found = version_of(who, pk)
    text = _("Plan %s is proposed: people are asked for their own figures") % found.number
    return _done(
        request, found, text, lambda: actions.propose(plan=found, seen=seen_in(request), acting_user=who.person)
    )


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a version hold for its months."""
    who = reader(request, Act.CHANGE_PLANS)
    found = version_of(who, pk)

    def act() -> None:
        actions.approve(plan=found, seen=seen_in(request), acting_user=who.person, now=clock.now())

    return _done(request, found, _("Plan %s is approved: people are asked to read it") % found.number, act)


def _done(request: HttpRequest, found: PlanVersion, text: str, act: Callable[[], None], url: str = "") -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        return refused(request, str(refusal), page_of(found))
    return answered(request, text, url or page_of(found), moves=True)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a correction of an approved version, with its reason (R231)."""
    who = reader(request, Act.CHANGE_PLANS)
    found = version_of(who, pk)
    form = ReasonForm(posted(request))

    def act() -> PlanVersion:
        return actions.correct(
            plan=found, reason=form.cleaned_data["reason"], acting_user=who.person, now=clock.now(),
            submission=form.told_submission,
        )  # fmt: skip

    def words(made: PlanVersion) -> str:
        return _("Plan %(number)s is a draft of the correction") % {"number": made.number}

    title = _("Correction of plan %s") % found.number
    return dialog(request, form, act, words, title=title, label=_("Make a draft"), back=page_of, moves=True)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an open version away."""
    who = reader(request, Act.PROPOSE_PLANS)
    found = version_of(who, pk)
    text = _("Plan %s is discarded") % found.number
    return _done(request, found, text, lambda: actions.discard(plan=found, seen=seen_in(request)), reverse("kpi:plans"))


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one has read an approved plan (R232)."""
    who = reader(request)
    found = version_of(who, pk)
    if not actions.read(plan=found, employee=who.person, now=clock.now()):
        raise Http404(str(pk))
    return answered(request, _("Noted: you have read plan %s") % found.number, page_of(found), moves=True)
