"""Pay schemes: drafts by the head of sales, approved by the director (R253-R258)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kpi.pay import actions, reading
from kpi.pay.computing import reckon
from kpi.pay.forms import ComponentForm, SchemeForm, TermsForm
from kpi.pay.models import Part, PayComponent, PayScheme, SchemeState
from kpi.pay.words import of_component
from kpi.plans.views.shared import answered, dialog, refused, seen_in
from salescrm.base import clock, show
from salescrm.base.jobs import Refused
from salescrm.base.periods import add_months, month_start
from salescrm.base.requests import posted
from staff.access import Act, login_of, may, require
from staff.models import Employee


def _reader(request: HttpRequest) -> Employee:
    person = login_of(request)
    if not (may(person, Act.CHANGE_PAY) or may(person, Act.APPROVE_PAY)):
        raise PermissionDenied
    return person


def _changer(request: HttpRequest) -> Employee:
    person = login_of(request)
    require(person, Act.CHANGE_PAY)
    return person


def _scheme(pk: int) -> PayScheme:
    found = PayScheme.objects.select_related("position", "author", "approved_by")
    return get_object_or_404(found.prefetch_related("components__indicator"), pk=pk)


def page_of(scheme: PayScheme) -> str:
    """Return the address of a scheme."""
    return reverse("kpi:pay-scheme", args=[scheme.pk])


@require_GET
def schemes(request: HttpRequest) -> HttpResponse:
    """List schemes by position, the newest first."""
    person = _reader(request)
    month = month_start(clock.today())
    found = list(PayScheme.objects.select_related("position", "author", "approved_by").prefetch_related("components"))
    holding: dict[int, int] = {}
    for one in found:
        if one.state == SchemeState.APPROVED and one.month <= month:
            holding.setdefault(one.position_id, one.pk)
    rows = [
        {
            "scheme": one,
            "holds": holding.get(one.position_id) == one.pk,
            "is_to_come": not one.is_draft and one.month > month,
            "variable": sum(part.part == Part.VARIABLE for part in one.components.all()),
        }
        for one in found
    ]
    context = {"page_title": _("Pay schemes"), "rows": rows, "may_change": may(person, Act.CHANGE_PAY)}
    return render(request, "kpi/pay/schemes.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a scheme as a copy of the one in force."""
    person = _changer(request)
    today = clock.today()
    form = SchemeForm(
        posted(request), today=today, initial={"month": add_months(month_start(today), 1).isoformat()}
    )  # fmt: skip

    def act() -> PayScheme:
        data = form.cleaned_data
        return actions.begin(
            position=data["position"], month=data["month"], acting_user=person, now=clock.now(),
            submission=form.told_submission,
        )  # fmt: skip

    def words(made: PayScheme) -> str:
        return _("The scheme is a draft: set its components, the director approves it")

    title = _("New pay scheme")
    return dialog(request, form, act, words, title=title, label=_("Make a draft"), back=page_of, moves=True)


@require_GET
def scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a scheme, what keeps it from being approved, and what the month before would have paid by it."""
    person = _reader(request)
    found = _scheme(pk)
    month = add_months(month_start(clock.today()), -1)
    people = list(
        reading.seen_people(person).filter(position=found.position, is_active=True).order_by("last_name", "pk")
    )
    supposed = reckon(month, people, instead=found)
    now = {one.row.employee_id: one.row for one in reckon(month, people)}
    parts = list(found.components.all())
    context = {
        "page_title": f"{found.position}, {show.month(found.month)}",
        "scheme": found,
        "parts": [of_component(one) for one in parts],
        "faults": actions.faults(found) if found.is_draft else [],
        "month": month,
        "compared": [(one.row, now.get(one.row.employee_id)) for one in supposed],
        "may_change": may(person, Act.CHANGE_PAY) and found.is_draft,
        "may_approve": may(person, Act.APPROVE_PAY) and found.is_draft,
    }
    return render(request, "kpi/pay/scheme.html", context)


@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Change salaries, guarantee and the old formula of a draft."""
    person, found = _changer(request), _scheme(pk)
    form = TermsForm(posted(request), seen=found.version, initial=TermsForm.start(found))

    def act() -> PayScheme:
        return actions.change(scheme=found, seen=form.told_seen, acting_user=person, **form.terms)

    title = _("Terms: %s") % found.position
    return dialog(
        request, form, act, lambda made: _("The terms are saved"), title=title, label=_("Save"), back=page_of
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def component(request: HttpRequest, pk: int, number: int = 0) -> HttpResponse:
    """Add a component to a draft, or change one."""
    person, found = _changer(request), _scheme(pk)
    row = get_object_or_404(PayComponent, scheme=found, pk=number) if number else None
    start: dict[str, Any] = {"floor": 0, "cap": 120, "part": Part.VARIABLE}
    if row:
        names = ("part", "indicator", "way", "rate", "weight", "is_permanent", "target", "scale")
        start = {name: getattr(row, name) for name in names} | {"floor": row.floor * 100, "cap": row.cap * 100}
    form = ComponentForm(posted(request), role=found.position.role, seen=found.version, initial=start)

    def act() -> PayScheme:
        actions.put(scheme=found, seen=form.told_seen, acting_user=person, component=row, **form.terms)
        return found

    title = _("Component") if row else _("New component")
    return dialog(
        request, form, act, lambda made: _("The component is saved"), title=title, label=_("Save"), back=page_of
    )


def _done(request: HttpRequest, found: PayScheme, text: str, act: Callable[[], object], url: str = "") -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        return refused(request, str(refusal), page_of(found))
    return answered(request, text, url or page_of(found), moves=True)


@require_POST
def remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take a component out of a draft."""
    person, found = _changer(request), _scheme(pk)
    row = get_object_or_404(PayComponent, scheme=found, pk=number)
    text = _("The component is taken out")
    return _done(
        request, found, text, lambda: actions.remove(component=row, seen=seen_in(request), acting_user=person)
    )  # fmt: skip


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a scheme hold."""
    person, found = login_of(request), _scheme(pk)
    require(person, Act.APPROVE_PAY)
    text = _("The scheme is approved: it holds from %s on") % show.month(found.month)
    seen = seen_in(request)
    return _done(
        request, found, text, lambda: actions.approve(scheme=found, seen=seen, acting_user=person, now=clock.now())
    )  # fmt: skip


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draft away."""
    person, found = _changer(request), _scheme(pk)
    seen, url = seen_in(request), reverse("kpi:pay-schemes")
    text = _("The draft is discarded")
    return _done(request, found, text, lambda: actions.discard(scheme=found, seen=seen, acting_user=person), url)
