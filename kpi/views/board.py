"""The KPI board of a month, and what is behind each of its figures."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from clients.models import Direction, Segment
from kpi.board import behind as behinds
from kpi.board import workbook
from kpi.board.reading import COUNTS, read
from kpi.measures.declared import BY_CODE, Unit
from kpi.measures.models import ClientGroup, Month
from kpi.views.shared import Reader, month_in, number_in, reader
from salescrm.base import show
from salescrm.base.lists.export import attached
from salescrm.base.periods import add_months, month_start
from staff.access import Act, Figures, figures, may
from staff.models import Branch

HEADS = {
    "active_accounts": pgettext_lazy("board", "Active"),
    "new_clients": pgettext_lazy("board", "New"),
    "repeat_clients": pgettext_lazy("board", "Repeat"),
    "returned": pgettext_lazy("board", "Returned"),
    "zero_clients": pgettext_lazy("board", "Zero"),
}


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show a month of the company, of a branch or of a person, by one of the cuts."""
    who = reader(request, departments=True)
    month = month_in(request, who.today)
    kept = Month.objects.select_related("changed_by").filter(day__in=[month]).first()
    cuts = _cuts(who)
    by = request.GET.get("by", "")
    by = by if by in cuts else next(iter(cuts))
    found = read(who.person, who.scope, month, by, kept.as_of if kept else None)
    context: dict[str, Any] = {
        "page_title": _("Plan and fact, %s") % show.month(month),
        "board": found,
        "kept": kept,
        "month": month,
        "who": who,
        "by": by,
        "switch": [
            {"label": label, "on": name == by, "url": _address(who, month, name)} for name, label in cuts.items()
        ],
        "earlier": _address(who, add_months(month, -1), by),
        "later": _address(who, add_months(month, 1), by) if month < month_start(who.today) else "",
        "heads": [HEADS[code] for code in COUNTS],
        "branches": _branches(who),
        "kept_fields": _kept_fields(who, month, by),
        "may_close": may(who.person, Act.CLOSE_MONTHS),
        "course_heads": [_("Day"), _("Fact, million"), _("Last year, million")],
        "has_plan": found.total.plan is not None,
        "xlsx": _address(who, month, by, "kpi:board-xlsx"),
        "tv": f"{reverse('kpi:tv')}?{urlencode(who.place)}",
        "may_show": figures(who.person) in (Figures.ALL, Figures.BRANCH) and not who.employee,
    }
    _people(who, found, month, by)
    return render(request, "kpi/board.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the table of the board as a workbook: the very lines the page shows."""
    who = reader(request, departments=True)
    month = month_in(request, who.today)
    kept = get_object_or_404(Month, pk=month)
    cuts = _cuts(who)
    by = request.GET.get("by", "")
    by = by if by in cuts else next(iter(cuts))
    found = read(who.person, who.scope, month, by, kept.as_of)
    words = [str(one) for one in (who.employee, who.branch, who.department_name) if one]
    title = " · ".join([_("Plan and fact, %s") % show.month(month), cuts[by], *words])
    return attached(workbook.content(found, title, by), f"board-{month:%Y-%m}-{by}.xlsx")


def _cuts(who: Reader) -> dict[str, str]:
    """Return what the table can be cut by; people are told apart only to who sees them by name."""
    cuts = {
        "person": _("People"),
        "group": _("Groups"),
        "direction": _("Directions"),
        "type": _("Types"),
        "branch": _("Branches"),
        "department": _("Departments"),
    }
    if not who.scope.by_name or who.scope.employee is not None:
        del cuts["person"]
    if who.scope.employee is not None or who.scope.branch is not None:
        del cuts["branch"]
    if who.scope.employee is not None or who.scope.department is not None:
        del cuts["department"]
    return cuts


def _address(who: Reader, month: date, by: str, page: str = "kpi:board") -> str:
    asked: dict[str, Any] = {"month": f"{month:%Y-%m}", "by": by}
    asked |= who.place
    if who.employee:
        asked["person"] = who.employee.pk
    return f"{reverse(page)}?{urlencode(asked)}"


def _people(who: Reader, found: Any, month: date, by: str) -> None:
    """Give the rows of people and branches the address of their own board."""
    for line in found.lines:
        if (by in ("person", "branch") and line.key) or by == "department":
            asked = {"month": f"{month:%Y-%m}", by: line.key or "none"}
            if by == "department" and who.branch:
                asked["branch"] = str(who.branch.pk)
            line.url = f"{reverse('kpi:board')}?{urlencode(asked)}"


def _kept_fields(who: Reader, month: date, by: str) -> list[tuple[str, str]]:
    """Return what the form that chooses a branch sends along."""
    kept = {"month": f"{month:%Y-%m}", "by": by} | who.place
    return [(name, value) for name, value in kept.items() if name != "branch"]


def _branches(who: Reader) -> list[Branch]:
    if figures(who.person) not in (Figures.ALL, Figures.COMPANY) or who.employee:
        return []
    return list(Branch.objects.order_by("-is_head_office", "name"))


@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """List the clients behind a figure; they add up to it."""
    who = reader(request, departments=True)
    kept = get_object_or_404(Month.objects.select_related("rule_set"), pk=month_in(request, who.today))
    measure = BY_CODE.get(request.GET.get("measure", ""))
    if measure is None or not measure.sql:
        raise Http404
    if not measure.adds and who.scope.employee is None:
        raise Http404
    if not who.scope.by_name:
        raise Http404  # who sees sums of the company only
    group = request.GET.get("group", "") or None
    if group is not None and group not in ClientGroup.values:
        raise Http404
    asked = behinds.Asked(kept, measure.code, group, number_in(request, "type"), number_in(request, "direction"))
    if asked.direction is not None and measure.code != "turnover":
        raise Http404
    is_past = measure.snapshot and kept.day != month_start(who.today)
    context = {
        "page_title": f"{measure.name}, {show.month(kept.day)}",
        "measure": measure,
        "is_money": measure.unit == Unit.MONEY,
        "kept": kept,
        "parts": _parts(who, asked),
        "found": None if is_past else behinds.read(who.person, who.scope, asked, who.today),
        "back": _address(who, kept.day, "group" if who.scope.employee else "person"),
    }
    return render(request, "kpi/behind.html", context)


def _parts(who: Reader, asked: behinds.Asked) -> list[str]:
    """Say in words which part of the figures is meant."""
    words = [who.employee.short_name] if who.employee else []
    words += [who.branch.name] if who.branch else []
    words += [who.department_name] if who.department_name else []
    words += [str(ClientGroup(asked.client_group).label)] if asked.client_group else []
    if asked.segment is not None:
        words.append(str(get_object_or_404(Segment, pk=asked.segment)) if asked.segment else _("No type"))
    if asked.direction is not None:
        words.append(str(get_object_or_404(Direction, pk=asked.direction)) if asked.direction else _("Not identified"))
    return words
