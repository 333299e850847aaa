"""What the staff room says of a person's day: whose work comes to the person, and who is away."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salescrm.base import show
from salescrm.base.day import ROWS, Block, DayRow, not_empty
from staff.access import Act, Rows, may, rows
from staff.handbook import reading
from staff.learning import reading as learning
from staff.models import Absence, Employee

WEEK = 7


def blocks(person: Employee, today: date) -> list[Block]:
    """Return the person's blocks."""
    return not_empty(
        [_to_read(person, today), _to_learn(person, today), _stands_in(person, today), _away(person, today)]
    )


def _to_learn(person: Employee, today: date) -> Block:
    """Steps of learning of the person and of those the person brings in, trainings of the week, cards to fill in."""
    found = learning.to_do(person, today, today + timedelta(days=WEEK))
    others = Employee.people.in_bulk({one.person for one in found if one.person not in (None, person.pk)})
    lines = [
        DayRow(
            one.name,
            reverse("staff:learning-card" if one.is_step else "staff:training", args=[one.of]),
            why=_("training") if not one.is_step else others[one.of].short_name if one.of in others else "",
            left=(one.day - today).days,
        )
        for one in found
    ]
    if to_assess := learning.to_assess(person, today):
        text = ngettext("%(n)s competence card to fill in", "%(n)s competence cards to fill in", to_assess)
        lines.append(DayRow(text % {"n": to_assess}, reverse("staff:learning")))
    return Block("to-learn", _("To learn"), lines[:ROWS], len(lines), place="side", icon="school")


def _to_read(person: Employee, today: date) -> Block:
    """What of the sales book the person has to read, and until when."""
    unread = list(reading.unread_by(person))
    versions = reading.in_force().filter(article__in=unread) if unread else []
    titles = {one.article_id: one.shown_title for one in versions}
    lines = [
        DayRow(titles[one.pk], reverse("handbook:article", args=[one.code]), left=(due - today).days)
        for due, one in sorted(
            ((reading.due_on(one.asked_at, one.term_days, person.date_joined), one) for one in unread),
            key=lambda pair: (pair[0], pair[1].pk),
        )
    ]
    return Block(
        "to-read",
        _("To read in the sales book"),
        lines[:ROWS],
        len(lines),
        place="side",
        icon="book",
        url=reverse("handbook:book"),
        url_label=_("Sales book"),
    )


def _stands_in(person: Employee, today: date) -> Block:
    absences = Absence.objects.on(today).filter(substitute=person).select_related("employee").order_by("ends_on", "pk")
    lines = [_line(absence, _("until %(day)s") % {"day": show.day(absence.last_day)}) for absence in absences]
    return Block("stands-in", _("You stand in for"), lines, len(lines), place="side", icon="users")


def _away(person: Employee, today: date) -> Block | None:
    """Who of the head's people is away today, and who does the work."""
    if not may(person, Act.CHANGE_OWNER):
        return None
    absences = Absence.objects.on(today).filter(employee__is_active=True).select_related("employee", "substitute")
    if rows(person) == Rows.BRANCH:
        absences = absences.filter(employee__branch=person.branch_id)
    lines = [_line(absence, _instead(absence)) for absence in absences.order_by("ends_on", "pk")]
    return Block(
        "away",
        _("Away today"),
        lines,
        len(lines),
        place="side",
        icon="calendar-off",
        url=reverse("staff:person-list"),
        url_label=_("Staff"),
    )


def _instead(absence: Absence) -> str:
    day = show.day(absence.last_day)
    if absence.substitute is None:
        return _("until %(day)s, no substitute") % {"day": day}
    return _("until %(day)s, %(name)s stands in") % {"day": day, "name": absence.substitute.short_name}


def _line(absence: Absence, why: str) -> DayRow:
    return DayRow(absence.employee.short_name, reverse("staff:person", args=[absence.employee_id]), why=why)
