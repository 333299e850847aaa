"""Letters of own reports: at the hour and on the day chosen, the workbook attached; who got none and why (R271)."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from kpi.reports.own import reckoning, workbook
from kpi.reports.own.models import Missed, OwnReport, ReportDelivery, Sending
from salescrm.base import files, notify
from salescrm.base.lists.export import FORMATS
from salescrm.base.periods import add_months, month_start
from staff.calendar import Calendar
from staff.models import Absence, Employee

logger = logging.getLogger("salescrm.letters")


def calendar_of(report: OwnReport) -> Calendar:
    """Return the calendar its days are counted by: of the owner's branch."""
    return Calendar(report.owner.branch)


def due_on(report: OwnReport, working: Calendar, today: date) -> date | None:
    """Return the last day up to `today` its letters were due on: the day chosen, or the first working day after it."""
    if report.sending == Sending.WEEK:
        monday = today - timedelta(days=today.weekday())
        days = [monday + timedelta(days=report.day - 1 - back) for back in (0, 7, 14)]
    elif report.sending == Sending.MONTH:
        first = month_start(today)
        days = [add_months(first, -back).replace(day=report.day) for back in (0, 1, 2)]
    else:
        return None
    return next((day for day in map(working.on_or_after, days) if day <= today), None)


def write_due(now: datetime) -> int:
    """Write the letters of own reports whose hour has come; return how many. What was missed comes when it can.

    Run twice or killed it writes to each person once a day at most: the delivery is written with the letter.
    """
    today = now.date()
    waiting = OwnReport.objects.filter(Q(done_on=None) | Q(done_on__lt=today), deleted_at=None, owner__is_active=True)
    written = 0
    for report in waiting.exclude(sending=Sending.NEVER).select_related("owner__branch").order_by("pk"):
        working = calendar_of(report)
        due = due_on(report, working, today)
        if due is None or not working.is_working(today) or (due == today and report.hour > now.hour):
            continue
        if report.done_on is None or report.done_on < due:
            written += _write(report, due, today)
            OwnReport.objects.filter(pk=report.pk).update(done_on=today)
    return written


def _write(report: OwnReport, due: date, today: date) -> int:
    """Write to everybody it is for; what goes wrong with one reader keeps nobody else waiting."""
    readers = list(report.readers().select_related("branch").order_by("pk"))
    done = set(ReportDelivery.objects.filter(report=report, due_on=due).values_list("person", flat=True))
    away = set(
        Absence.objects.on(today).filter(employee__in=[one.pk for one in readers]).values_list("employee", flat=True)
    )
    return sum(_deliver(report, one, due, today, is_away=one.pk in away) for one in readers if one.pk not in done)


def _deliver(report: OwnReport, person: Employee, due: date, today: date, *, is_away: bool) -> int:
    seen = reckoning.scope_of(person, report)
    missed = ""
    if seen is None:
        missed = Missed.NOTHING
    elif is_away:
        missed = Missed.AWAY
    elif not person.email:
        missed = Missed.NO_ADDRESS
    with files.kept_together() as kept, translation.override(person.language or settings.LANGUAGE_CODE):
        row, is_new = ReportDelivery.objects.get_or_create(
            report=report, person=person, due_on=due, defaults={"title": report.name, "missed": missed}
        )
        if not is_new or seen is None or missed:
            return 0
        table = reckoning.read(person, seen, report, today, reckoning.WRITTEN)
        said = {
            "title": report.name,
            "period": workbook.period(table),
            "table": table,
            "url": settings.LINKS_FROM + reverse("kpi:own-report", args=[report.pk]),
        }
        letter = EmailMultiAlternatives(
            f"{report.name}, {said['period']}", render_to_string("letters/own_report.txt", said), None, [person.email]
        )
        letter.attach_alternative(render_to_string("letters/own_report.html", said), "text/html")
        file = None
        if workbook.may_take(person, report):
            file = files.keep_bytes(
                workbook.content(table), workbook.file_name(table), person, ending="xlsx", content_type=FORMATS["xlsx"]
            )
            kept.append(file)
            workbook.log(person, table)
        row.letter = notify.put(letter, file)
        row.save(update_fields=["letter"])
    return 1
