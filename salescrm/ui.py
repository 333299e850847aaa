"""The developers' page of components, all together; only with DEBUG or SALESCRM_UI."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from salescrm.base.toasts import close_dialog, toast, with_toast

MONTHS = ["авг", "сен", "окт", "ноя", "дек", "янв", "фев", "мар", "апр", "май", "июн", "июл"]
BARS = [131, 154, 146, 127, 168, 101, 117, 172, 234, 216, 152, 39]
LAST_YEAR = [112, 131, 124, 108, 146, 84, 98, 141, 196, 184, 141, 118]
DAY = date(2026, 7, 16)


def clients() -> list[dict[str, Any]]:
    """Rows of the example table."""
    return [
        {
            "pk": 1,
            "name": "Принт-Хаус",
            "abc": "A",
            "xyz": "X",
            "top": True,
            "state": "active",
            "money": Decimal(1842300),
            "change": Decimal("0.18"),
            "months": BARS,
            "due": 28,
            "silent": None,
        },
        {
            "pk": 2,
            "name": "Сувенир-Град",
            "abc": "A",
            "xyz": "Y",
            "top": True,
            "state": "zero",
            "money": Decimal(968200),
            "change": Decimal("-0.31"),
            "months": [0, 90, 0, 40, 70, 0, 0, 0, 0, 0, 0, 0],
            "due": -2,
            "silent": 1,
        },
        {
            "pk": 3,
            "name": "Маркет Дом и Сад",
            "abc": "B",
            "xyz": "Z",
            "top": False,
            "state": "lost",
            "money": Decimal(233900),
            "change": Decimal("-0.52"),
            "months": [0] * 9 + [40, 0, 0],
            "due": 5,
            "silent": 7,
        },
        {
            "pk": 4,
            "name": "Новый клиент",
            "abc": "",
            "xyz": "",
            "top": False,
            "state": "new",
            "money": Decimal(0),
            "change": None,
            "months": [],
            "due": 0,
            "silent": None,
        },
    ]


def charts() -> list[dict[str, Any]]:
    """One chart of each kind."""
    days = [str(day) for day in range(1, 24)]
    return [
        {
            "id": "ui-bars",
            "title": "bars",
            "label": "Оборот по месяцам: пик 234 тысячи в апреле",
            "data": {
                "kind": "bars",
                "unit": "тыс. ₽",
                "x": MONTHS,
                "y": BARS,
                "ly": LAST_YEAR,
                "lyName": "год назад",
                "mark": [8, 11],
                "partial": True,
            },
            "table": list(zip(MONTHS, BARS, LAST_YEAR, strict=True)),
            "heads": ["Месяц", "Оборот", "Год назад"],
        },
        {
            "id": "ui-pace",
            "title": "pace",
            "label": "Факт идёт впереди плана",
            "data": {
                "kind": "pace",
                "unit": "млн ₽",
                "x": days,
                "fact": [i * 0.5 for i in range(12)],
                "fc": [5.5 + i * 0.48 for i in range(12)],
                "plan": [i * 0.46 for i in range(23)],
                "ly": [i * 0.4 for i in range(23)],
                "lyName": "год назад",
                "planName": "план 10,1",
                "factName": "5,5",
                "fcName": "прогноз 10,8",
            },
            "table": [],
            "heads": [],
        },
        {
            "id": "ui-fall",
            "title": "fall",
            "label": "База: 1 321 стало 1 395",
            "data": {
                "kind": "fall",
                "x": ["было", "новые", "вернулись", "ушли", "стало"],
                "y": [1321, 212, 64, -202, 1395],
                "total": [0, 4],
            },
            "table": [],
            "heads": [],
        },
        {
            "id": "ui-curve",
            "title": "curve",
            "label": "277 клиентов дают 80 % оборота",
            "data": {
                "kind": "curve",
                "max": 2000,
                "xName": "клиентов",
                "at": [277, 80],
                "atName": "277 = 80 %",
                "y": [[0, 0], [100, 52], [277, 80], [700, 95], [2000, 100]],
                "ly": [[0, 0], [100, 48], [277, 76], [700, 93], [2000, 100]],
            },
            "table": [],
            "heads": [],
        },
        {
            "id": "ui-lines",
            "title": "lines",
            "label": "Промо растёт, дом стоит",
            "data": {
                "kind": "lines",
                "unit": "млн ₽",
                "x": MONTHS,
                "s": [{"name": "Промо", "y": BARS}, {"name": "Дом", "y": LAST_YEAR, "tone": "ly"}],
            },
            "table": [],
            "heads": [],
        },
    ]


def job(state: str, **fields: Any) -> SimpleNamespace:
    """Show a stand-in for a Job row."""
    return SimpleNamespace(pk=1, state=state, done=128400, total=197412, error="", **fields)


@require_GET
@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    """Show every component once."""
    context = {
        "page_title": "Components",
        "clients": clients(),
        "charts": charts(),
        "days": [30, 12, 5, 0, -2, None],
        "sizes": [Decimal("-1234567.5"), Decimal(1842300), Decimal(402000), Decimal(4200), None],
        "today": DAY,
        "tomorrow": DAY + timedelta(days=1),
        "abc": "ABC",
        "xyz": "XYZ",
        "chips": [{"label": "Class", "value": "A or B", "remove_url": "?"}],
        "views": [
            {"label": "All", "url": "?", "current": True},
            {"label": "TOP", "url": "?", "icon": "star"},
        ],
        "column": {"key": "turnover", "label": "Turnover", "sort": "turnover", "number": True},
        "pager": {"first": 1, "last": 14, "count": 14, "next_url": "?after=1", "last_url": "?before=end"},
        "actions": [{"label": "Task", "url": "/ui/dialog/", "icon": "checkbox"}],
        "steps": [
            {"label": "File", "state": "done"},
            {"label": "Check", "state": "current"},
            {"label": "Result", "state": "todo"},
        ],
        "jobs": [job("waiting"), job("running"), job("done"), job("failed")],
        "timeline": [
            {
                "title": "June",
                "items": [{"icon": "phone", "text": "Call, 9 min", "detail": "A sample order", "at": "20 Jun"}],
            }
        ],
        "groups": [
            {"title": "Clients", "items": [{"url": "/ui/", "title": "Принт-Хаус", "sub": "Москва", "icon": "building"}]}
        ],
    }
    return render(request, "ui.html", context)


@require_http_methods(["GET", "POST"])
@login_not_required
def dialog(request: HttpRequest) -> HttpResponse:
    """Show a dialog that closes with a toast and an undo."""
    if request.method == "POST":
        if request.POST.get("way") == "redirect":
            toast(request, "Saved, after a redirect", undo="/ui/undo/")
            return HttpResponse(status=302, headers={"Location": "/ui/"})
        return with_toast(close_dialog(), "3 clients moved", undo="/ui/undo/")
    return render(
        request,
        "components/confirm.html",
        {
            "title": "Change the owner of 3 clients",
            "text": "Figures of July stay.",
            "url": "/ui/dialog/",
            "button": "Change 3",
            "hidden": [("way", request.GET.get("way", ""))],
        },
    )


@require_http_methods(["POST"])
@login_not_required
def undo(request: HttpRequest) -> HttpResponse:
    """Answer of an undo."""
    return with_toast(HttpResponse(status=204), "Undone", level="info")


@require_GET
@login_not_required
def why(request: HttpRequest) -> HttpResponse:
    """Answer of a "why?"."""
    rows = [("Place by turnover", "4, 6.1% before it"), ("Limit of A", "up to 80%"), ("Counted", "16 July, 03:10")]
    return render(request, "components/tip.html", {"title": "Class", "abc": "A", "xyz": "X", "rows": rows})


urlpatterns = [
    path("", page, name="ui"),
    path("dialog/", dialog, name="ui-dialog"),
    path("undo/", undo, name="ui-undo"),
    path("why/", why, name="ui-why"),
]
