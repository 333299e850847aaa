"""The ABC × XYZ matrix of any day, compared with another one, and the movement between them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from salescrm.base import show
from salescrm.base.periods import add_months
from segmentation import figures, filters
from segmentation.models import Measure, TopMembership, TopReason
from segmentation.views.shared import Reader, choice_in, concentrated, day_in, in_branch, switch
from staff.access import Act
from staff.models import Branch

SHOWS = ("share", "clients", "turnover")
BY = ("abc", "xyz", "cell")
UNITS = ("clients", "money")
TOP_LINES = 8


@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the matrix of the chosen night within the rows the person sees."""
    who = in_branch(request)
    last = figures.last_night()
    context: dict[str, Any] = {"page_title": _("Segmentation"), "may_run": who.may(Act.RUN_NIGHTS)}
    context["may_try"] = who.may(Act.RUN_CLASSES)
    if last is None:
        return render(request, "segmentation/matrix.html", context)
    on = min(day_in(request, "on") or last, last)
    since = _compared(request, on)
    context |= {"on": on, "last": last, "since": since, "compared": bool(request.GET.get("since"))}
    context |= {"branch": who.branch, "branches": who.branches}
    context |= _matrix(request, who, on, since)
    context |= _movement(request, who, on, since) | concentrated(who, on, context["rules"])
    return render(request, "segmentation/matrix.html", context)


def _compared(request: HttpRequest, on: date) -> date | None:
    """Return the earlier day: the chosen one, else three months before, not before the first night."""
    first = figures.first_night()
    since = day_in(request, "since") or max(add_months(on, -3), first or on)
    return since if since < on else None


def _matrix(request: HttpRequest, who: Reader, on: date, since: date | None) -> dict[str, Any]:
    shown = choice_in(request, "show", SHOWS)
    found = figures.matrix(who.clients, on).shown(shown)
    _link(found, who.branch)
    _words(found)
    if since and request.GET.get("since"):
        _compare(found, figures.matrix(who.clients, since))
    return {
        "matrix": found,
        "show": shown,
        "shows": switch(
            request, "show", shown, {"share": _("Share"), "clients": _("Clients"), "turnover": _("Turnover")}
        ),
        "rules": found.rules,
        "may_change_rules": who.may(Act.CHANGE_RULES),
        "base_clients": who.clients.count(),
        "window_last": found.window[1] - timedelta(days=1) if found.window else None,
        "kept": [(name, value) for name, value in request.GET.items() if name in ("show", "by", "unit")],
    }


def _words(matrix: figures.Matrix) -> None:
    """Say beside the letters what they stand for under the rules of that night."""
    rules = matrix.rules
    if rules is None:
        return
    a, b = show.percent(rules.a_share), show.percent(rules.b_share)
    limits = (rules.x_cv, rules.y_cv) if rules.measure == Measure.CV else (rules.x_share, rules.y_share)
    x, y = (show.percent(limit) for limit in limits)
    words = [_("up to %s") % a, f"{a} – {b}", _("above %s") % b]
    for row, text in zip(matrix.rows, words, strict=True):
        row.words = text
    if rules.measure == Measure.CV:
        regular = [_("varies up to %s") % x, f"{x} – {y}", _("above %s") % y]
    else:
        regular = [_("from %s of months") % x, f"{y} – {x}", _("under %s") % y]
    for column, text in zip(matrix.columns, regular, strict=False):
        column.words = text


def _link(matrix: figures.Matrix, branch: Branch | None) -> None:
    """Give every cell and sum the address of its clients."""
    day = matrix.as_of.isoformat()
    link = partial(filters.link, branch=branch)
    for row in matrix.rows:
        for cell in row.cells:
            cell.url = link("cell", f"{day}:{cell.name}")
        row.total.url = link("cell", f"{day}:{row.letter}*")
    for column in matrix.columns:
        column.url = link("cell", f"{day}:*{column.xyz or figures.NONE}")
    matrix.without_letters.url = link("cell", f"{day}:--")
    matrix.total.url = link("cell", f"{day}:**")


def _compare(matrix: figures.Matrix, before: figures.Matrix) -> None:
    """Give every cell what it has more or less than on the earlier day."""
    earlier = {cell.name: cell for row in before.rows for cell in row.cells}
    for row in matrix.rows:
        for cell in row.cells:
            was = earlier.get(cell.name, figures.Cell())
            cell.more_clients = cell.clients - was.clients
            cell.more_turnover = cell.turnover - was.turnover


def _movement(request: HttpRequest, who: Reader, on: date, since: date | None) -> dict[str, Any]:
    by, unit = choice_in(request, "by", BY), choice_in(request, "unit", UNITS)
    switches = {
        "bys": switch(request, "by", by, {"abc": "ABC", "xyz": "XYZ", "cell": pgettext("axis", "Both")}),
        "units": switch(request, "unit", unit, {"clients": _("Clients"), "money": _("Money")}),
        "unit": unit,
    }
    if since is None:
        return switches
    link = partial(filters.link, branch=who.branch)
    found = figures.movement(who.clients, since, on, by)
    for before, moves, total in found.rows:
        for move in moves:
            move.url = link("moved", f"{since}:{move.before}:{on}:{move.after}:{by}")
        total.url = link("moved", f"{since}:{before}:{on}:*:{by}")
    for letter, column in zip(found.letters, found.columns, strict=True):
        column.url = link("moved", f"{since}:*:{on}:{letter}:{by}")
    return switches | {"movement": found} | _top(who, since, on)


def _top(who: Reader, since: date, on: date) -> dict[str, Any]:
    changes = figures.top_changes(who.clients, since, on)
    entered = changes.filter(entered_on__gt=since, entered_on__lte=on).count()
    left = changes.filter(left_on__gt=since, left_on__lte=on).count()
    lines = [_line(member, since, on) for member in changes[:TOP_LINES]]
    period = f"{since}:{on}"
    return {
        "top_entered": entered,
        "top_left": left,
        "top_entered_url": filters.link("top_entered", period, who.branch),
        "top_left_url": filters.link("top_left", period, who.branch),
        "top_lines": lines,
    }


def _line(member: TopMembership, since: date, on: date) -> dict[str, Any]:
    left = member.left_on is not None and since < member.left_on <= on
    reason = member.left_reason if left else member.entered_reason
    return {
        "client": member.client,
        "left": left,
        "day": member.left_on if left else member.entered_on,
        "reason": TopReason(reason).label if reason else "",
    }
