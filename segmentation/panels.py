"""Panels of the client's card that are this room's: turnover of 24 months, history of classes and of TOP."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Client, Standing
from salescrm.base import clock, show
from salescrm.base.periods import add_months, is_month_end, month_start
from segmentation import goods, silence
from segmentation.models import Classification, LossAnswer, MonthlyTurnover, TopMembership
from staff.access import login_of
from staff.models import Employee

MONTHS = 24
THOUSAND = Decimal(1000)


@require_GET
def turnover(request: HttpRequest, pk: int) -> HttpResponse:
    """Turnover of 24 months against the year before, as a chart and as a table; by direction and category (R15)."""
    client, today = seen(request, pk), clock.today()
    until = today - timedelta(days=1)
    months = [add_months(month_start(until), n - MONTHS + 1) for n in range(MONTHS)]
    amounts = by_month(client, add_months(months[0], -12), add_months(months[-1], 1))
    now = [amounts.get(month, Decimal(0)) for month in months]
    before = [amounts.get(add_months(month, -12), Decimal(0)) for month in months]
    context = {
        "is_empty": not any(now) and not any(before),
        "data": chart(months, now, before, is_partial=not is_month_end(until)),
        "label": label(months, now, before),
        "table": [
            (show.month_short(month), show.money(amount), show.money(year_ago))
            for month, amount, year_ago in zip(reversed(months), reversed(now), reversed(before), strict=True)
        ],
        "heads": [_("Month"), _("Turnover"), _("A year before")],
        "sold": goods.by_direction(client, month_start(today)),
    }
    return render(request, "segmentation/panel_turnover.html", context)


@require_GET
def classes(request: HttpRequest, pk: int) -> HttpResponse:
    """The client's classes from the newest on, and its times on the TOP list."""
    client = seen(request, pk)
    context = {
        "classes": Classification.objects.filter(client=client).order_by("-since")[:60],
        "memberships": TopMembership.objects.filter(client=client).order_by("-entered_on")[:20],
    }
    return render(request, "segmentation/panel_classes.html", context)


@require_GET
def silent(request: HttpRequest, pk: int) -> HttpResponse:
    """Why the client is silent, and the earlier answers."""
    client, person, today = seen(request, pk), login_of(request), clock.today()
    answers = list(LossAnswer.objects.filter(client=client).select_related("reason", "author").order_by("-pk")[:60])
    standing = Standing.objects.filter(client=client).first()
    is_asked = Client.objects.filter(silence.ASKED, pk=pk, standing__last_purchase_on__isnull=False).exists()
    since = standing.last_purchase_on if standing and is_asked else None
    now = next((one for one in answers if one.silent_since == since), None)
    context = {
        "client": client,
        "now": now,
        "is_asked": is_asked,
        "earlier": [one for one in answers if one != now],
        "may_answer": is_asked and may_answer(person, client, today),
    }
    return render(request, "segmentation/panel_silent.html", context)


def may_answer(person: Employee, client: Client, today: date) -> bool:
    """Say whether the person may say why the client is silent: who works it, and the heads."""
    return Client.objects.all().changeable_by(person, today).filter(pk=client.pk).exists()


def seen(request: HttpRequest, pk: int) -> Client:
    """Return the client when the person may see it; 404 otherwise."""
    return get_object_or_404(Client.objects.visible_to(login_of(request), clock.today()), pk=pk)


def by_month(client: Client, start: date, end: date) -> dict[date, Decimal]:
    """Net turnover of the client by the first days of months in [start, end), base currency."""
    rows = MonthlyTurnover.objects.filter(legal_entity__client=client, month__gte=start, month__lt=end)
    return dict(rows.order_by().values_list("month").annotate(sum=Sum("amount")))


def chart(months: list[date], now: list[Decimal], before: list[Decimal], *, is_partial: bool) -> dict[str, Any]:
    """Bars of the months over a line of the year before, in thousands where amounts are large."""
    scale = THOUSAND if max([*now, *before], default=Decimal(0)) >= 10 * THOUSAND else Decimal(1)
    names = [show.month_short(month) for month in months]
    names = [name if at == 0 or months[at].month == 1 else name[:3] for at, name in enumerate(names)]
    full = now[:-1] if is_partial else now
    best = max(range(len(full)), key=lambda at: full[at])
    sign = show.SIGNS.get(settings.CURRENCY, settings.CURRENCY)
    return {
        "kind": "bars",
        "unit": _("thousand %s") % sign if scale > 1 else sign,
        "x": names,
        "y": [float(round(amount / scale)) for amount in now],
        "ly": [float(round(amount / scale)) for amount in before],
        "lyName": _("a year before"),
        "mark": sorted({best, len(now) - 1}),
        "partial": is_partial,
    }


def label(months: list[date], now: list[Decimal], before: list[Decimal]) -> str:
    """Say what the chart shows: its last month against the year before."""
    words = {"month": show.month(months[-1]), "now": show.money_short(now[-1]), "before": show.money_short(before[-1])}
    return _("Turnover by month over two years: %(now)s in %(month)s, %(before)s a year before") % words
