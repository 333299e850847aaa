"""Screens: the sets of positions, a position's set in a month with how far its people have come, ready indicators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kpi.indicators import actions, reading, results
from kpi.indicators.forms import BeginForm, IndicatorForm, LineForm, NameForm
from kpi.indicators.models import Indicator, IndicatorSet, SetLine
from kpi.measures import declared
from kpi.measures.models import ClientGroup
from kpi.pay.models import PayComponent
from kpi.plans.views.shared import answered, dialog, refused, seen_in
from salescrm.base import clock, show
from salescrm.base.jobs import Refused
from salescrm.base.periods import add_months, month_start
from salescrm.base.requests import month_of, posted
from staff.access import Act, Figures, Role, figures, login_of, may, require
from staff.models import Employee, Position


def _reader(request: HttpRequest) -> Employee:
    """Return who reads the sets: heads who see figures of people by name."""
    person = login_of(request)
    if figures(person) not in (Figures.ALL, Figures.BRANCH):
        raise PermissionDenied
    return person


def _changer(request: HttpRequest) -> Employee:
    person = login_of(request)
    require(person, Act.CHANGE_PAY)
    return person


def page_of(found: IndicatorSet) -> str:
    """Return the address of a set: its position in its first month."""
    return _address(found.position_id, found.month)


def _address(position: int, month: Any) -> str:
    return f"{reverse('kpi:indicator-position', args=[position])}?{urlencode({'month': f'{month:%Y-%m}'})}"


def _tabs(current: str) -> list[dict[str, Any]]:
    pages = (("kpi:indicators", _("Positions")), ("kpi:indicators-ready", _("Ready indicators")))
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in pages]


@require_GET
def positions(request: HttpRequest) -> HttpResponse:
    """List positions with the indicators they are held to this month, and the sets to come."""
    person = _reader(request)
    context = {
        "page_title": _("Indicators of positions"),
        "tabs": _tabs("kpi:indicators"),
        "rows": reading.positions(month_start(clock.today())),
        "may_change": may(person, Act.CHANGE_PAY),
        "sees_schemes": may(person, Act.CHANGE_PAY) or may(person, Act.APPROVE_PAY),
    }
    return render(request, "kpi/indicators/list.html", context)


@require_GET
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the set of a position in a month and how far its people have come by it."""
    person, today = _reader(request), clock.today()
    found = get_object_or_404(Position.objects.exclude(role=Role.NONE), pk=pk)
    asked = request.GET.get("month", "")
    month = month_of(asked) if asked else month_start(today - timedelta(days=1))
    held = reading.in_force(found, month)
    lines = list(held.lines.all()) if held else []
    people = Employee.people.working().filter(position=found).select_related("branch")
    seen = results.seen_people(person)
    if seen is not None:
        people = people.filter(pk__in=seen)
    weights = sum(one.weight for one in lines)
    is_closed = held is not None and bool(reading.closed_months(held))
    context = {
        "page_title": f"{found}, {show.month(month)}",
        "position": found,
        "month": month,
        "held": held,
        "lines": [(one, reading.target_of(one) or _("of the plan"), reading.tried(one)) for one in lines],
        "weights": weights,
        "is_whole": weights == actions.WHOLE,
        "rows": results.of_people(list(people.order_by("last_name", "first_name", "pk")), lines, month),
        "has_begun": month <= today,
        "versions": list(IndicatorSet.objects.filter(position=found).select_related("author")),
        "earlier": _address(pk, add_months(month, -1)),
        "later": _address(pk, add_months(month, 1)),
        "may_change": may(person, Act.CHANGE_PAY),
        "is_closed": is_closed,
        "may_edit": held is not None and may(person, Act.CHANGE_PAY) and not is_closed,
        "may_discard": held is not None and may(person, Act.CHANGE_PAY) and held.month > month_start(today),
    }
    return render(request, "kpi/indicators/position.html", context)


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a set of a position from a month on, as a copy of the one before."""
    person, today = _changer(request), clock.today()
    found = get_object_or_404(Position.objects.exclude(role=Role.NONE), pk=pk)
    asked = request.GET.get("month", "")
    month = month_of(asked) if asked else add_months(month_start(today), 1)
    form = BeginForm(posted(request), today=today, initial={"month": month.isoformat()})

    def act() -> IndicatorSet:
        return actions.begin(position=found, month=form.cleaned_data["month"], acting_user=person)

    def words(made: IndicatorSet) -> str:
        return _("The set holds from %s on: change what differs") % show.month(made.month)

    title = _("New set of indicators: %s") % found
    return dialog(request, form, act, words, title=title, label=_("Begin"), back=page_of, moves=True)


@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, pk: int, number: int = 0) -> HttpResponse:
    """Put an indicator into a set, or change one."""
    person = _changer(request)
    sets = IndicatorSet.objects.select_related("position").prefetch_related("lines")
    found = get_object_or_404(sets, pk=pk)
    row = get_object_or_404(SetLine, set=found, pk=number) if number else None
    form = LineForm(posted(request), found=found, line=row)

    def act() -> IndicatorSet:
        actions.put(found=found, seen=form.told_seen, acting_user=person, line=row, **form.terms)
        return found

    title = _("Indicator of the set") if row else _("New indicator of the set")
    return dialog(request, form, act, lambda made: _("Saved"), title=title, label=_("Save"), back=page_of)


@require_POST
def take_out(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take an indicator out of a set."""
    person = _changer(request)
    row = get_object_or_404(SetLine.objects.select_related("set"), set=pk, pk=number)
    back = page_of(row.set)
    try:
        actions.take_out(line=row, seen=seen_in(request), acting_user=person)
    except Refused as refusal:
        return refused(request, str(refusal), back)
    return answered(request, _("The indicator is taken out of the set"), back, moves=True)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a set that is still to come."""
    person, found = _changer(request), get_object_or_404(IndicatorSet, pk=pk)
    try:
        actions.discard(found=found, seen=seen_in(request), acting_user=person, today=clock.today())
    except Refused as refusal:
        return refused(request, str(refusal), page_of(found))
    return answered(request, _("The set to come is taken away"), reverse("kpi:indicators"), moves=True)


@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """List the indicators: what each measures, of whom, which posts it can be given to, where it is used."""
    person, month = _reader(request), month_start(clock.today())
    used = {held.position.pk: held for held in reading.positions(month)}
    positions_of: dict[int, list[str]] = {}
    for held in used.values():
        for one in held.lines:
            positions_of.setdefault(one.indicator_id, []).append(str(held.position))
    paid = dict(PayComponent.objects.order_by().values_list("indicator").annotate(n=Count("scheme", distinct=True)))
    sees_schemes = may(person, Act.CHANGE_PAY) or may(person, Act.APPROVE_PAY)
    labels = dict(Role.choices)
    context = {
        "page_title": _("Ready indicators"),
        "tabs": _tabs("kpi:indicators-ready"),
        "rows": [
            {
                "indicator": one,
                "measure": declared.BY_CODE[one.measure],
                "group": ClientGroup(one.client_group).label if one.client_group else pgettext("group", "all clients"),
                "posts": ", ".join(str(labels[role]) for role in one.roles),
                "positions": ", ".join(positions_of.get(one.pk, [])),
                "schemes": paid.get(one.pk, 0) if sees_schemes else 0,
            }
            for one in Indicator.objects.order_by("pk")
        ],
        "may_change": may(person, Act.CHANGE_PAY),
    }
    return render(request, "kpi/indicators/ready.html", context)


@require_http_methods(["GET", "POST"])
def indicator_new(request: HttpRequest) -> HttpResponse:
    """Make an indicator of a declared measure."""
    person = _changer(request)
    form = IndicatorForm(posted(request))
    return _form(request, form, None, person, _("New indicator"))


@require_http_methods(["GET", "POST"])
def indicator(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what an indicator is called and which posts it can be given to."""
    person, found = _changer(request), get_object_or_404(Indicator, pk=pk)
    form = NameForm(posted(request), initial={"name": found.name, "name_en": found.name_en, "roles": found.roles})
    return _form(request, form, found, person, _("Indicator"))


def _form(request: HttpRequest, form: Any, found: Indicator | None, person: Employee, title: str) -> HttpResponse:
    def act() -> Indicator:
        return actions.set_indicator(found=found, fields=form.cleaned_data, acting_user=person)

    def back(made: Indicator) -> str:
        return reverse("kpi:indicators-ready")

    return dialog(request, form, act, lambda made: _("Saved"), title=title, label=_("Save"), back=back)
