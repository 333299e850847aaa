"""Tags and filters of every template: icons, chips, small pictures, figures and dates in the reader's language."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.forms.boundfield import BoundField, BoundWidget
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext

from salescrm.base import drawing, icons, show
from salescrm.base.toasts import message_toast

register = template.Library()

register.filter("number", show.number)
register.filter("signed", show.signed)
register.filter("money", show.money)
register.filter("money_short", show.money_short)
register.filter("percent", show.percent)
register.filter("change", show.change)
register.filter("tone", show.tone)
register.filter("day", show.day)
register.filter("day_long", show.day_long)
register.filter("moment", show.moment)
register.filter("month", show.month)
register.filter("month_short", show.month_short)
register.filter("initials", show.initials)
register.filter("message_toast", message_toast)
register.simple_tag(icons.icon, name="icon")

SOON = 5  # days left from which the chip turns amber
LIFE_ICONS = {
    "potential": "user-question",
    "new": "seedling",
    "zero": "circle-off",
    "lost": "ghost-2",
    "archived": "archive",
}
LIFE_TONES = {"zero": "warn", "lost": "bad"}


@register.simple_tag
def seg(abc: str | None, xyz: str | None = "", title: str = "") -> SafeString:
    """Draw the class chip: ABC filled by weight, XYZ plain; a dashed chip when there is no class."""
    return _seg(abc or "", xyz or "", title or class_words(abc or "", xyz or ""), get_language() or "")


@lru_cache(maxsize=500)
def _seg(abc: str, xyz: str, title: str, language: str) -> SafeString:
    return render_to_string("components/seg.html", {"abc": abc, "xyz": xyz, "title": title})


def class_words(abc: str, xyz: str) -> str:
    """Return what the two letters say, for the title of the chip."""
    words = {
        "A": gettext("A: the clients with most of the turnover"),
        "B": gettext("B: the clients in the middle of the turnover"),
        "C": gettext("C: the clients with the rest of the turnover"),
        "X": gettext("X: buys regularly"),
        "Y": gettext("Y: buys now and then"),
        "Z": gettext("Z: buys rarely"),
    }
    return "; ".join(words[letter] for letter in (abc, xyz) if letter in words)


@register.simple_tag
def top(since: date | None = None) -> SafeString:
    """Draw the TOP chip, with the day the client entered the list in its title."""
    title = gettext("In the TOP list since %s") % show.day_long(since) if since else gettext("In the TOP list")
    return _top(title)


@lru_cache(maxsize=500)
def _top(title: str) -> SafeString:
    return format_html('<span class="pill pill-top" title="{}">TOP</span>', title)


@register.simple_tag
def life(state: str | None, months: int | None = None) -> SafeString:
    """Draw the life-cycle chip; an active client has a grey word and no chip; `months` of silence."""
    return _life(str(state or ""), _given(months), get_language() or "")


@lru_cache(maxsize=500)
def _life(state: str, months: int | None, language: str) -> SafeString:
    words = {
        "potential": pgettext("client", "potential"),
        "new": pgettext("client", "new"),
        "active": pgettext("client", "active"),
        "zero": pgettext("client", "zero"),
        "lost": pgettext("client", "lost"),
        "archived": pgettext("client", "archived"),
    }
    silent = ngettext("%d month without a purchase", "%d months without a purchase", months or 0) % (months or 0)
    context = {
        "state": state,
        "word": words.get(state, state),
        "months": pgettext("silent", "%d mo") % months if months is not None and state in LIFE_TONES else "",
        "title": silent if months is not None else "",
        "icon": LIFE_ICONS.get(state, ""),
        "tone": LIFE_TONES.get(state, ""),
    }
    return render_to_string("components/life.html", context)


@register.simple_tag
def left(days: int | None) -> SafeString:
    """Draw the time-left chip: grey, amber from five days, red with another icon when the day has passed."""
    return _left(_given(days), get_language() or "")


@lru_cache(maxsize=1000)
def _left(days: int | None, language: str) -> SafeString:
    if days is None:
        return format_html('<span class="t3">{}</span>', show.NOTHING)
    count = ngettext("%s day", "%s days", abs(days)) % show.number(days)
    if days < 0:
        title = ngettext("The day passed %d day ago", "The day passed %d days ago", -days) % -days
        context = {"text": count, "title": title, "icon": "clock-exclamation", "tone": "bad"}
    elif days == 0:
        context = {"text": gettext("today"), "title": "", "icon": "hourglass-low", "tone": "warn"}
    else:
        soon = days <= SOON
        context = {
            "text": count,
            "title": "",
            "icon": "hourglass-low" if soon else "hourglass",
            "tone": "warn" if soon else "",
        }
    return render_to_string("components/left.html", context)


def _given(value: int | str | None) -> int | None:
    """Return a number, None for what a template found nowhere (an empty string)."""
    return int(value) if value not in (None, "") else None


@register.simple_tag
def avatar(name: object, classes: str = "") -> SafeString:
    """Draw a round mark with two letters of a name."""
    return format_html('<span class="av {}" aria-hidden="true">{}</span>', classes, show.initials(str(name)))


@register.simple_tag
def spark(values: Sequence[Any] | None, last_year: Sequence[Any] | None = None, label: str = "") -> SafeString:
    """Twelve small bars and last year's line; written here, not in a template, because lists have many."""
    picture = drawing.spark(values or [], last_year or [])
    bars = "".join(
        f'<rect x="{bar.x}" y="{bar.y}" width="{bar.width}" height="{bar.height}"'
        + (f' class="{bar.kind}"/>' if bar.kind else "/>")
        for bar in picture.bars
    )
    line = f'<polyline points="{picture.line}"/>' if picture.line else ""
    head = format_html(
        '<svg class="spark" viewBox="0 0 88 24" role="img" aria-label="{}">', label or gettext("By month")
    )
    return mark_safe(f"{head}{bars}{line}</svg>")


@register.inclusion_tag("components/meter.html")
def meter(part: Any, whole: Any, tone: str = "", label: str = "") -> dict[str, Any]:
    """Draw a bar of a share."""
    return {"width": drawing.share_text(part, whole), "tone": tone, "label": label or show.number(part)}


@register.inclusion_tag("components/bullet.html")
def bullet(fact: Any, forecast: Any, plan: Any, label: str = "") -> dict[str, Any]:
    """Dark fact over pale forecast with the plan's tick."""
    words = gettext("Fact %(fact)s, forecast %(forecast)s, plan %(plan)s") % {
        "fact": show.number(fact),
        "forecast": show.number(forecast),
        "plan": show.number(plan),
    }
    return {"picture": drawing.bullet(fact, forecast, plan), "label": label or words}


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return the page's query string with `changes`; an empty value takes a name out, a list gives it several."""
    request = getattr(context, "request", None) or context["request"]  # kept by includes with "only"
    params: QueryDict = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params.setlist(name, [str(one) for one in _values(value)])
    return f"?{params.urlencode()}"


def _values(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple, set)) else [value]


@register.filter
def sort_next(key: str, current: str | None) -> str:
    """Return the sort a click on a column head asks for: descending first, then ascending."""
    return key if current == f"-{key}" else f"-{key}"


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw the input of a form field with our classes and with what screen readers need."""
    kind = getattr(field.field.widget, "input_type", "")
    base = {"checkbox": "form-check-input", "select": "form-select", "file": "form-control"}.get(kind, "form-control")
    given = field.field.widget.attrs.get("class", "")
    classes = [base, given, "is-invalid" if field.errors else ""]
    attrs: dict[str, str | bool] = {"class": " ".join(one for one in classes if one)}
    notes = [f"{field.auto_id}_error"] * bool(field.errors) + [f"{field.auto_id}_helptext"] * bool(field.help_text)
    if notes:
        attrs["aria-describedby"] = " ".join(notes)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.filter
def choices(field: BoundField) -> list[BoundWidget]:
    """Draw the single radio buttons or tick boxes of a field, with our class."""
    found = list(field.subwidgets)
    for widget in found:
        widget.data["attrs"]["class"] = "form-check-input"
    return found


# marks in the order in which they decide: Edge and Yandex call themselves Chrome too
BROWSERS = {
    "Edg/": "Edge",
    "YaBrowser": "Yandex",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


@register.filter
def device(user_agent: str) -> str:
    """Browser and system in two words, as far as the browser says them."""
    found = [next((name for mark, name in marks.items() if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(word for word in found if word) or user_agent[:40] or gettext("unknown device")
