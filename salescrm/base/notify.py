"""Notifications inside the program and letters through the outbox table."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as Smtp
from django.db import transaction
from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from salescrm.base.locks import Key, try_lock
from salescrm.base.models import ByLetter, Letter, LetterState, Notification, NotificationChoice, StoredFile

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

MOST_ATTEMPTS = 10
logger = logging.getLogger("salescrm.letters")


@dataclass(frozen=True)
class Notice:
    """Something to say, once per `key`: a source sentence with {names}, translated when it is shown, and its values."""

    key: str
    text: str
    values: Mapping[str, Any]
    url: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of notifications as a room offers it: what it tells, when it comes by letter, and to whom at all."""

    code: str
    label: _StrOrPromise
    by_letter: str = ByLetter.DAILY
    is_for: Callable[[Any], bool] = lambda person: True


def kinds() -> list[Kind]:
    """Return the kinds of notifications of all rooms, in the order of settings.NOTIFICATIONS."""
    return [kind for module in settings.NOTIFICATIONS for kind in import_module(module).KINDS]


def shown_to(person: Any) -> QuerySet[Notification]:
    """Return the notifications a person wants in the program."""
    hidden = NotificationChoice.objects.filter(person=person, in_program=False).values("kind")
    return Notification.objects.filter(person=person).exclude(kind__in=hidden)


def to_write() -> QuerySet[Any]:
    """Return the notifications no letter has told yet, with `way`: when each is to come by letter."""
    chosen = NotificationChoice.objects.filter(person=OuterRef("person"), kind=OuterRef("kind")).values("by_letter")
    usual = [When(kind=kind.code, then=Value(kind.by_letter)) for kind in kinds() if kind.by_letter != ByLetter.DAILY]
    default = Case(*usual, default=Value(ByLetter.DAILY), output_field=CharField())
    return Notification.objects.filter(is_settled=False).annotate(way=Coalesce(Subquery(chosen), default))


def tell(people: Iterable[int], *, kind: str, text: str, key: str, url: str = "", **values: Any) -> None:
    """Notify people (ids) of one thing."""
    notice = Notice(key, text, values, url)
    tell_each(kind, ((person, notice) for person in sorted(set(people))))


def tell_each(kind: str, notices: Iterable[tuple[int, Notice]]) -> None:
    """Notify each person (id) of what is meant for that person, all at once."""
    rows = [
        Notification(person_id=person, kind=kind, text=one.text, values=one.values, key=one.key, url=one.url)
        for person, one in notices
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def sentence(notification: Notification) -> str:
    """Return the notification's text in the language of the reader."""
    return gettext(notification.text).format_map(notification.values)


class Outbox(BaseEmailBackend):
    """The mail backend of the program: every letter becomes a row first."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the letters; return how many."""
        letters = [_letter(message, address) for message in email_messages for address in message.recipients()]
        return len(Letter.objects.bulk_create(letters))


def put(message: EmailMessage, file: StoredFile | None = None) -> Letter:
    """Put a letter to one person into the outbox, with a kept file attached; return its row."""
    (address,) = message.recipients()
    made = _letter(message, address)
    made.file = file
    made.save()
    return made


def _letter(message: EmailMessage, address: str) -> Letter:
    return Letter(
        to=parseaddr(address)[1],
        subject=str(message.subject),
        text=str(message.body),
        html=_html(message),
        state=LetterState.WAITING if settings.EMAIL_URL else LetterState.NO_SERVER,
    )


def _html(message: EmailMessage) -> str:
    parts = getattr(message, "alternatives", [])
    return next((str(part[0]) for part in parts if part[1] == "text/html"), "")


def server() -> Smtp:
    """Open a connection object for EMAIL_URL (smtp://user:password@host:port?tls=1 or ssl=1)."""
    parts = urlsplit(settings.EMAIL_URL)
    options = parse_qs(parts.query)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL has the form smtp://user:password@host:port?tls=1")
    return Smtp(
        host=parts.hostname,
        port=parts.port or 25,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls="tls" in options,
        use_ssl=parts.scheme == "smtps" or "ssl" in options,
        timeout=settings.EMAIL_TIMEOUT,
    )


def send_waiting() -> int:
    """Send letters that wait, each committed as it goes out; return how many were sent."""
    if not settings.EMAIL_URL:
        return 0
    Letter.objects.filter(state=LetterState.NO_SERVER).update(state=LetterState.WAITING)
    sent = 0
    while _send_next():
        sent += 1
    return sent


@transaction.atomic
def _send_next() -> bool:
    """Send the oldest waiting letter under the outbox lock; False when there is none or another sender is at work."""
    if not try_lock(Key.OUTBOX):
        return False
    letter = Letter.objects.select_for_update().filter(state=LetterState.WAITING).order_by("attempts", "id").first()
    if letter is None or (letter.attempts and letter.attempts >= MOST_ATTEMPTS):
        return False
    headers = {"Message-ID": f"<letter-{letter.pk}-{letter.created_at:%Y%m%d%H%M%S%f}@{_domain()}>"}  # the same again
    message = EmailMultiAlternatives(
        letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [letter.to], headers=headers
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    try:
        if letter.file:
            with letter.file.file.open("rb") as kept:
                message.attach(letter.file.name, kept.read(), letter.file.content_type)
        server().send_messages([message])
    except OSError as fault:  # smtplib's errors are OSErrors
        return _put_off(letter, fault)
    letter.state, letter.sent_at, letter.error = LetterState.SENT, timezone.now(), ""
    letter.save(update_fields=["state", "sent_at", "error"])
    return True


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _put_off(letter: Letter, fault: OSError) -> bool:
    logger.warning("letter %s not sent: %s", letter.pk, fault)
    state = LetterState.FAILED if letter.attempts + 1 >= MOST_ATTEMPTS else LetterState.WAITING
    Letter.objects.filter(pk=letter.pk).update(attempts=F("attempts") + 1, error=str(fault)[:1000], state=state)
    return False
