"""Readings of the base counted against theft: exports, cards outside one's own rows, contacts shown (R21)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from salescrm.base import automation, notify
from salescrm.base.models import AccessKind, AccessLog

MANY_ROWS = 1_000  # an export of more is told to the heads
MANY_LISTED = 1_000  # others' clients read in lists on one day: more are told, as an export of as many is
MANY_CARDS = 50  # cards outside one's own portfolio on one day: more are told to the heads
MANY_CONTACTS = 30  # people of others' clients whose phones were shown on one day: more are told to the heads
MANY_OWN_CONTACTS = 300  # people of one's own clients on one day

EXPORT_TOLD = gettext_noop("{person} exported {rows} rows of the list “{screen}”")
CARDS_TOLD = gettext_noop("{person} opened more than {rows} client cards outside the own portfolio on one day")
LISTED_TOLD = gettext_noop("{person} read more than {rows} clients outside the own portfolio in lists on one day")
CONTACTS_TOLD = gettext_noop("{person} asked for contacts of more than {rows} people of others’ clients on one day")
OWN_CONTACTS_TOLD = gettext_noop("{person} looked at contacts of more than {rows} people on one day")


def exported(person: Any, *, screen: str, rows: int, heads: Callable[[], Iterable[int]], **detail: Any) -> AccessLog:
    """Log an export; the heads (ids) hear of a large one. Of `detail` the log shows `query` with its `url`."""
    log = AccessLog.objects.create(person=person, kind=AccessKind.EXPORT, screen=screen, rows=rows, detail=detail)
    if rows > automation.number("export-rows", MANY_ROWS, timezone.localdate(log.at)):
        others = set(heads()) - {person.pk}
        told: dict[str, Any] = {"person": str(person), "rows": rows, "screen": screen}
        url = _log_url(log, timezone.localdate(log.at))
        notify.tell(others, kind="reading", text=EXPORT_TOLD, key=f"export-{log.pk}", url=url, **told)
    return log


@transaction.atomic
def opened(person: Any, *, screen: str, number: int, day: date, heads: Callable[[], Iterable[int]]) -> int:
    """Count a card outside the person's own rows; return how many different ones it were on `day`.

    One row per person, screen and day, locked while it is counted; the heads hear once a day of too many.
    """
    log = _count(person, AccessKind.MASS_READ, screen, "cards", [number], day)
    most = automation.number("cards-a-day", MANY_CARDS, day)
    if log.rows > most:
        _warn(log, CARDS_TOLD, most, f"mass-read-{person.pk}-{day.isoformat()}", day, heads)
    return log.rows


@transaction.atomic
def listed(person: Any, *, screen: str, numbers: list[int], day: date, heads: Callable[[], Iterable[int]]) -> int:
    """Count rows of a list's page outside the person's own ones; return how many different ones it were on `day`.

    Past the limit numbers are no longer kept, each row seen counts: what matters was told.
    """
    log = _of_day(person, AccessKind.MASS_READ, screen, "rows", day)
    most = automation.number("listed-a-day", MANY_LISTED, day)
    if log.rows > most:
        AccessLog.objects.filter(pk=log.pk).update(rows=F("rows") + len(numbers))
        return log.rows + len(numbers)
    _add(log, "rows", numbers)
    if log.rows > most:
        _warn(log, LISTED_TOLD, most, f"{screen}-{person.pk}-{day.isoformat()}", day, heads)
    return log.rows


@transaction.atomic
def revealed(
    person: Any, *, contacts: Iterable[int], day: date, heads: Callable[[], Iterable[int]], own: bool = False
) -> int:
    """Count people whose phones and addresses were shown; return how many different ones it were on `day`.

    People of one's own clients are counted apart, with a higher limit; the heads hear once a day of too many.
    """
    screen, usual = ("own-contacts", MANY_OWN_CONTACTS) if own else ("contacts", MANY_CONTACTS)
    most = automation.number(f"{screen}-a-day", usual, day)
    log = _count(person, AccessKind.REVEAL, screen, "contacts", list(contacts), day)
    if log.rows > most:
        text = OWN_CONTACTS_TOLD if own else CONTACTS_TOLD
        _warn(log, text, most, f"{screen}-{person.pk}-{day.isoformat()}", day, heads)
    return log.rows


def _count(person: Any, kind: AccessKind, screen: str, what: str, numbers: list[int], day: date) -> AccessLog:
    log = _of_day(person, kind, screen, what, day)
    _add(log, what, numbers)
    return log


def _add(log: AccessLog, what: str, numbers: list[int]) -> None:
    known = set(log.detail[what])
    fresh = [number for number in dict.fromkeys(numbers) if number not in known]
    if fresh:
        log.rows += len(fresh)
        log.detail = log.detail | {what: [*log.detail[what], *fresh]}
        log.save(update_fields=["rows", "detail"])


def _warn(log: AccessLog, text: str, rows: int, key: str, day: date, heads: Callable[[], Iterable[int]]) -> None:
    told: dict[str, Any] = {"person": str(log.person), "rows": rows}
    others = set(heads()) - {log.person_id}
    notify.tell(others, kind="reading", text=text, key=key, url=_log_url(log, day), **told)


def _log_url(log: AccessLog, day: date) -> str:
    """Return the log narrowed to the person, the day and the kind."""
    narrowed = {"person": log.person_id, "kind": log.kind, "day": f"{day.isoformat()}..{day.isoformat()}"}
    return f"{reverse(settings.ACCESS_LOG)}?{urlencode(narrowed)}"


def _of_day(person: Any, kind: AccessKind, screen: str, what: str, day: date) -> AccessLog:
    """Lock the day's row; the person's own row is locked first, so that two requests never make two of them."""
    get_user_model()._default_manager.select_for_update(of=("self",), no_key=True).only("pk").get(pk=person.pk)
    known = (
        AccessLog.objects.filter(person=person, kind=kind, screen=screen, detail__day=day.isoformat())
        .order_by("pk")
        .last()
    )
    fresh = {"day": day.isoformat(), what: []}
    return known or AccessLog.objects.create(person=person, kind=kind, screen=screen, rows=0, detail=fresh)
