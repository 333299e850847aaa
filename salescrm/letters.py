"""Letters of notifications: those that go at once, and one daily letter per person; each tells a notification once.

1. A notification waits (`is_settled` is false) until a letter has told it, or none is to. Both are written in one
   transaction with the letter's row in the outbox, the waiting rows locked: run twice or killed, it is told once.
2. What a letter tells is read anew when it is written: notifications whose page the person may no longer see are only
   counted.
3. The day of the daily letter is noted with it, whether there was something to tell or not.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from salescrm.base import notify
from salescrm.base.automation import Automation
from salescrm.base.models import ByLetter, DailyLetter, Notification
from staff.access import Role, may
from staff.calendar import Calendar
from staff.models import Employee

USUAL_HOUR = 8
OLDEST_DAYS = 14  # what is older was seen in the program or concerns nobody any more
MOST_TOLD = 100  # in one letter; of the others it says how many
AUTOMATIONS = (
    Automation(
        "letters",
        gettext_lazy("Letters of notifications"),
        gettext_lazy("Writes letters of what is told at once, and one daily letter per person at the hour chosen."),
        "letters",
        "frame:notification-settings",
    ),
)
logger = logging.getLogger("salescrm.letters")

Target = tuple[str, int | None]


def write_at_once(today: date) -> int:
    """Write the letters of notifications that are to come at once; return how many."""
    _settle_never(today)
    waiting = notify.to_write().filter(way=ByLetter.AT_ONCE).order_by().values_list("person", flat=True)
    people = Employee.objects.filter(pk__in=waiting.distinct()).order_by("pk")
    return sum(_write(person, ByLetter.AT_ONCE, today) for person in people)


def write_daily(now: datetime) -> int:
    """Write the daily letters whose hour has come and that were not written today; return how many."""
    today, hour = now.date(), now.hour
    done = Exists(DailyLetter.objects.filter(Q(done_on__gte=today) | Q(hour__gt=hour), person=OuterRef("pk")))
    chosen = Exists(DailyLetter.objects.filter(person=OuterRef("pk")))
    people = Employee.people.working().exclude(role=Role.NONE).exclude(done)
    if hour < USUAL_HOUR:
        people = people.filter(chosen)
    return sum(_write_of_day(person, today) for person in people.select_related("branch").order_by("pk"))


@transaction.atomic
def _write_of_day(person: Employee, today: date) -> int:
    """Write the person's letter of the day under the lock of its row; 0 when it was written or nothing is new."""
    DailyLetter.objects.get_or_create(person=person, defaults={"hour": USUAL_HOUR})
    chosen = DailyLetter.objects.select_for_update().get(person=person)
    if chosen.done_on is not None and chosen.done_on >= today:
        return 0
    is_due = not chosen.working_days_only or Calendar(person.branch).is_working(today)
    written = _write(person, ByLetter.DAILY, today) if is_due else 0
    DailyLetter.objects.filter(pk=chosen.pk).update(done_on=today)
    return written


def _settle_never(today: date) -> None:
    """Settle what no letter is to tell: by the person's choice, or because it is old."""
    old = Q(
        created_at__lt=datetime.combine(today - timedelta(days=OLDEST_DAYS), time.min, timezone.get_default_timezone())
    )
    Notification.objects.filter(
        pk__in=notify.to_write().filter(old | Q(way=ByLetter.NEVER)).order_by().values("pk")
    ).update(is_settled=True)


@transaction.atomic
def _write(person: Employee, way: str, today: date) -> int:
    """Settle what waits for this person and way, and write a letter of what is new and seen; return 1 or 0."""
    ids = notify.to_write().filter(person=person, way=way).values("pk")
    locked = Notification.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=ids, is_settled=False)
    waiting = list(locked.order_by("pk"))
    Notification.objects.filter(pk__in=[one.pk for one in waiting]).update(is_settled=True)
    new = [one for one in waiting if one.read_at is None]
    told = seen(person, new, today)
    if not told or not person.email or not person.is_active or person.role == Role.NONE:
        return 0
    with translation.override(person.language or settings.LANGUAGE_CODE):
        _send(person, told[-MOST_TOLD:], len(new) - len(told[-MOST_TOLD:]), way)
    return 1


def _send(person: Employee, told: list[Notification], others: int, way: str) -> None:
    """Put the letter into the outbox: by kind, each sentence with the link of the bell."""
    said = {
        "person": person,
        "groups": _groups(told),
        "others": others,
        "is_daily": way == ByLetter.DAILY,
        "home": settings.LINKS_FROM + reverse("home"),
        "choices": settings.LINKS_FROM + reverse("frame:notification-settings"),
    }
    letter = EmailMultiAlternatives(
        _subject(told, way), render_to_string("letters/notifications.txt", said), None, [person.email]
    )
    letter.attach_alternative(render_to_string("letters/notifications.html", said), "text/html")
    letter.send()


def _subject(told: list[Notification], way: str) -> str:
    if len(told) == 1:
        return " ".join(notify.sentence(told[0]).split())[:200]
    if way == ByLetter.DAILY:
        return ngettext("Your day: %d message", "Your day: %d messages", len(told)) % len(told)
    return ngettext("%d new message", "%d new messages", len(told)) % len(told)


def _groups(told: list[Notification]) -> list[dict[str, Any]]:
    """Return the notifications under the names of their kinds, in the order of the settings' page."""
    by_kind: dict[str, list[dict[str, str]]] = defaultdict(list)
    for one in told:
        url = settings.LINKS_FROM + reverse("frame:notification-open", args=[one.pk])
        by_kind[one.kind].append({"text": notify.sentence(one), "url": url})
    kinds = notify.kinds()
    named = [{"title": kind.label, "rows": by_kind.pop(kind.code)} for kind in kinds if kind.code in by_kind]
    return named + [{"title": _("Other news"), "rows": rows} for rows in by_kind.values()]


# --- what the person may see now --------------------------------------------------------------------------------------


def seen(person: Employee, told: Iterable[Notification], today: date) -> list[Notification]:
    """Keep the notifications whose page the person may open today; one query per sort of page."""
    targets = {one.pk: target(one.url) for one in told}
    asked: dict[str, set[int]] = defaultdict(set)
    for name, pk in targets.values():
        if pk is not None:
            asked[name].add(pk)
    rows = {name: _visible(person, name, pks, today) for name, pks in asked.items()}
    return [one for one in told if _is_seen(person, targets[one.pk], rows)]


def target(url: str) -> Target:
    """Return the name of the page an address leads to and the row it names; ("", None) for no page of ours."""
    parts = urlsplit(url)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return "", None
    named = str(found.kwargs.get("pk") or next(iter(parse_qs(parts.query).get("ids", [])), ""))
    return found.view_name, int(named) if named.isdecimal() else None


def _is_seen(person: Employee, page: Target, rows: dict[str, set[int] | None]) -> bool:
    name, pk = page
    visible = rows.get(name) if pk is not None else None
    if pk is not None and visible is not None:
        return pk in visible
    pages = _contributed("PAGES")
    if name not in pages:
        return False
    act = pages[name]
    return act is None or may(person, act)


def _visible(person: Employee, name: str, pks: set[int], today: date) -> set[int] | None:
    """Return which of the rows the person sees; None when the page shows no single row."""
    of_page = _contributed("ROWS").get(name)
    if of_page is None:
        return None
    return set(of_page(person, today).filter(pk__in=pks).order_by().values_list("pk", flat=True))


def _contributed(name: str) -> dict[str, Any]:
    """Return what the rooms say of pages, joined."""
    said: dict[str, Any] = {}
    for module in settings.NOTIFICATIONS:
        said |= getattr(import_module(module), name, {})
    return said
