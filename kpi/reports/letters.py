"""Reports by letter: at the hour a person chose, of the last working day, of a week or a month that is over (R271)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from kpi.measures.reading import scope
from kpi.reports import reading
from kpi.reports.counting import Counted
from kpi.reports.models import ReportLetter
from kpi.reports.own.models import ReportDelivery
from kpi.reports.reading import Span
from kpi.reports.views import title
from salescrm.base import notify
from salescrm.base.periods import month_start
from staff.access import FIGURES, Figures
from staff.calendar import Calendar
from staff.models import Absence, Employee

USUAL_HOUR = 8
READERS = [role for role, seen in FIGURES.items() if seen in (Figures.OWN, Figures.BRANCH, Figures.ALL)]


def write_due(now: datetime) -> int:
    """Write the letters whose hour has come to people who are here and have an address; return how many.

    A span is counted once for all its readers. Asked again on the same day it writes nothing; who is away or has no
    address gets the next one that is due once that is over.
    """
    today, hour = now.date(), now.hour
    done = Exists(ReportLetter.objects.filter(Q(done_on__gte=today) | Q(hour__gt=hour), person=OuterRef("pk")))
    away = Exists(Absence.objects.filter(employee=OuterRef("pk"), starts_on__lte=today, ends_on__gt=today))
    people = Employee.people.working().filter(role__in=READERS).exclude(email="").exclude(done).exclude(away)
    if hour < USUAL_HOUR:
        people = people.filter(Exists(ReportLetter.objects.filter(person=OuterRef("pk"))))
    counted: dict[Span, Counted] = {}
    calendars: dict[int, Calendar] = {}
    written = 0
    for person in people.select_related("branch").order_by("pk"):
        if person.branch_id not in calendars:
            calendars[person.branch_id] = Calendar(person.branch)
        written += _write(person, calendars[person.branch_id], today, counted)
    return written


@transaction.atomic
def _write(person: Employee, working: Calendar, today: date, counted: dict[Span, Counted]) -> int:
    """Write what is due for a person under the lock of its row."""
    ReportLetter.objects.get_or_create(person=person, defaults={"hour": USUAL_HOUR})
    chosen = ReportLetter.objects.select_for_update().get(person=person)
    if chosen.done_on is not None and chosen.done_on >= today:
        return 0
    spans = due(chosen, working, today)
    for asked in spans:
        if asked not in counted:
            counted[asked] = reading.count(asked, today)
        _send(person, asked, today, counted[asked])
    ReportLetter.objects.filter(pk=chosen.pk).update(done_on=today)
    return len(spans)


def due(chosen: ReportLetter, working: Calendar, today: date) -> list[Span]:
    """Return the spans whose reports are due on a day: none on a day off."""
    if not working.is_working(today):
        return []
    monday, first = today - timedelta(days=today.weekday()), month_start(today)
    yesterday = today - timedelta(days=1)
    found = [reading.span("day", working.on_or_before(yesterday))] if chosen.day else []
    if chosen.week and working.on_or_after(monday) == today:
        found.append(reading.span("week", monday - timedelta(days=1)))
    if chosen.month and working.on_or_after(first) == today:
        found.append(reading.span("month", first - timedelta(days=1)))
    return found


def _send(person: Employee, asked: Span, today: date, counted: Counted) -> None:
    seen = scope(person)
    if seen is None:
        return
    with translation.override(person.language or settings.LANGUAGE_CODE):
        subject = title(asked)
        said = {
            "person": person,
            "title": subject,
            "report": reading.read(person, seen, asked, today, counted),
            "url": settings.LINKS_FROM + reading.address(asked),
            "choices": settings.LINKS_FROM + reverse("kpi:report-letter"),
            "site": settings.LINKS_FROM,
        }
        letter = EmailMultiAlternatives(subject, render_to_string("letters/report.txt", said), None, [person.email])
        letter.attach_alternative(render_to_string("letters/report.html", said), "text/html")
        row = notify.put(letter)
        ReportDelivery.objects.create(person=person, title=subject, due_on=today, letter=row)
