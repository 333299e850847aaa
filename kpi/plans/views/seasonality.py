"""Seasonality: what history says, what holds, its versions (R225)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import MONTHS_ALT
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kpi.plans import seasons
from kpi.plans.forms import CurveForm
from kpi.plans.models import Seasonality
from kpi.plans.views.shared import answered, dialog, number_in, reader
from salescrm.base import clock, show
from salescrm.base.jobs import Refused
from salescrm.base.requests import posted
from staff.access import Act


def month_names() -> list[str]:
    """Return the short names of the twelve months."""
    return [str(MONTHS_ALT[number])[:3].lower() for number in range(1, 13)]


@require_GET
def seasonality(request: HttpRequest) -> HttpResponse:
    """Show the coefficients that hold as a chart and a table, and the versions before them."""
    who = reader(request)
    named = number_in(request, "version")
    newest = Seasonality.objects.select_related("author").first()
    shown = Seasonality.objects.select_related("author").filter(pk=named).first() if named else newest
    if named and shown is None:
        raise Http404(str(named))
    context: dict[str, Any] = {
        "page_title": _("Seasonality"),
        "shown": shown,
        "newest": newest,
        "versions": list(Seasonality.objects.select_related("author")[:12]),
        "may_change": who.may(Act.CHANGE_PLANS),
        "months": month_names(),
    }
    if shown:
        context |= _drawn(shown)
    return render(request, "kpi/plans/seasonality.html", context)


def _drawn(shown: Seasonality) -> dict[str, Any]:
    names, curves = seasons.names(), seasons.of(shown).curves
    edited = {
        share.direction_id
        for share in shown.shares.all()
        if abs(share.coefficient - share.reckoned) >= seasons.EXACT * 2
    }
    rows = [
        {"key": key or 0, "name": name, "curve": [show.number(one, 2) for one in curves[key]], "edited": key in edited}
        for key, name in names.items()
        if key in curves
    ]
    ends = sorted((curves[key][-1], str(key)) for key in names if key in curves)
    places = {key: at for at, (_end, key) in enumerate(reversed(ends))}  # names at the lines' ends, the highest on top
    series = [
        {
            "name": name,
            "y": [float(one) for one in curves[key]],
            "tone": "text-2" if key else "",
            "shift": 14 * (places[str(key)] - len(places) // 2),
        }
        for key, name in names.items()
        if key in curves
    ]
    return {"rows": rows, "chart": {"kind": "lines", "x": month_names(), "s": series}}


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Change the coefficients of one direction by hand, with the reason: a new version."""
    who = reader(request, Act.CHANGE_PLANS)
    direction = number_in(request, "direction") or None
    newest = Seasonality.objects.first()
    names = seasons.names()
    if newest is None or direction not in names:
        raise Http404(str(direction))
    found = seasons.of(newest)
    form = CurveForm(posted(request), curve=found.curve(direction), months=month_names(), seen=newest.pk)

    def act() -> Seasonality:
        if Seasonality.objects.values_list("pk", flat=True).first() != form.told_seen:
            raise Refused(_("Somebody else changed the seasonality meanwhile. Look once more."))
        reckoned: dict[int | None, seasons.Curve] = {}
        for share in newest.shares.all():
            reckoned.setdefault(share.direction_id, list(seasons.EVEN))[share.month - 1] = share.reckoned
        return seasons.keep(
            curves={**found.curves, direction: form.curve}, reckoned=reckoned,
            period=(newest.reckoned_from, newest.reckoned_until), comment=form.cleaned_data["comment"],
            acting_user=who.person, now=clock.now(), submission=form.told_submission,
        )  # fmt: skip

    def words(made: Seasonality) -> str:
        return _("Seasonality is changed; plans made from now on follow it")

    title = _("Seasonality: %s") % names[direction]
    return dialog(
        request, form, act, words, title=title, label=_("Save"), back=lambda made: reverse("kpi:seasonality"),
        template="kpi/plans/curve.html",
    )  # fmt: skip


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Reckon the coefficients anew from history."""
    who = reader(request, Act.CHANGE_PLANS)
    seasons.refresh(today=who.today, acting_user=who.person, now=clock.now())
    return answered(request, _("Seasonality is reckoned from history"), reverse("kpi:seasonality"), moves=True)
