"""Readings of the base counted against theft: exports, and cards opened outside one's own rows (R21)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_noop

from salescrm.base import notify
from salescrm.base.models import AccessKind, AccessLog

MANY_ROWS = 1_000  # an export of more is told to the heads
MANY_CARDS = 50  # cards outside one's own portfolio on one day: more are told to the heads

EXPORT_TOLD = gettext_noop("{person} exported {rows} rows of the list “{screen}”")
CARDS_TOLD = gettext_noop("{person} opened more than {rows} client cards outside the own portfolio on one day")


def exported(
    person: Any, *, screen: str, rows: int, heads: Callable[[], Iterable[int]], url: str = "", **detail: Any
) -> AccessLog:
    """Log an export; the heads (ids) hear of a large one."""
    log = AccessLog.objects.create(person=person, kind=AccessKind.EXPORT, screen=screen, rows=rows, detail=detail)
    if rows > MANY_ROWS:
        others = set(heads()) - {person.pk}
        told: dict[str, Any] = {"person": str(person), "rows": rows, "screen": screen}
        notify.tell(others, kind="guard", text=EXPORT_TOLD, key=f"export-{log.pk}", url=url, **told)
    return log


@transaction.atomic
def opened(person: Any, *, screen: str, number: int, day: date, heads: Callable[[], Iterable[int]]) -> int:
    """Count a card outside the person's own rows; return how many different ones it were on `day`.

    One row per person, screen and day, locked while it is counted; the heads hear once a day of too many.
    """
    log = _of_day(person, screen, day)
    cards = log.detail["cards"]
    if number in cards:
        return log.rows
    log.rows += 1
    log.detail = log.detail | {"cards": [*cards, number]}
    log.save(update_fields=["rows", "detail"])
    if log.rows > MANY_CARDS:
        told: dict[str, Any] = {"person": str(person), "rows": MANY_CARDS}
        key = f"mass-read-{person.pk}-{day.isoformat()}"
        notify.tell(set(heads()) - {person.pk}, kind="guard", text=CARDS_TOLD, key=key, **told)
    return log.rows


def _of_day(person: Any, screen: str, day: date) -> AccessLog:
    """Lock the day's row; the person's own row is locked first, so that two requests never make two of them."""
    get_user_model()._default_manager.select_for_update(of=("self",), no_key=True).only("pk").get(pk=person.pk)
    kind = AccessKind.MASS_READ
    known = (
        AccessLog.objects.filter(person=person, kind=kind, screen=screen, detail__day=day.isoformat())
        .order_by("pk")
        .last()
    )
    fresh = {"day": day.isoformat(), "cards": []}
    return known or AccessLog.objects.create(person=person, kind=kind, screen=screen, rows=0, detail=fresh)
