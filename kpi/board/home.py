"""What the room says of a person's day: the own figures of the month."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kpi.board.planned import planned
from kpi.measures.reading import ZERO, by_cut, scope, total
from salescrm.base import show
from salescrm.base.day import Block, DayRow
from salescrm.base.periods import month_start
from staff.access import Figures, figures
from staff.models import Employee


def blocks(person: Employee, today: date) -> list[Block]:
    """Return the month so far of who has figures of his own; one query, one more for the plan."""
    seen = scope(person) if figures(person) in (Figures.OWN, Figures.BRANCH, Figures.ALL) else None
    month = month_start(today - timedelta(days=1))
    parts = by_cut([month], seen, "client_group") if seen else {}
    if seen is None or not parts:
        return []
    sums = total(parts, month, single=seen.employee is not None)
    plans = [row["amount"] for row in planned(month, person) if row["measure"] == "turnover"]
    fact = sums.get("turnover") or ZERO
    rows = [DayRow(_("Turnover"), why=show.money(fact))]
    if plans:
        plan = sum(plans, ZERO)
        rows.append(
            DayRow(
                pgettext("turnover", "Plan"), why=f"{show.money(plan)} · {show.percent(fact / plan) if plan else '–'}"
            )
        )
    for label, code in ((_("Active accounts"), "active_accounts"), (_("New clients"), "new_clients")):
        rows.append(DayRow(label, why=show.number(sums.get(code))))
    covered = sums.get("top_coverage", top=True)
    if covered is not None:
        rows.append(DayRow(_("TOP spoken with"), why=show.percent(covered)))
    title = _("My %s") % show.month(month) if seen.employee else show.month(month)
    return [Block("kpi", title, rows, len(rows), place="side", url=reverse("kpi:board"), url_label=_("Plan and fact"))]
