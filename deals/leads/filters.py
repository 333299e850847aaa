"""The list of leads: its columns, orders and filters."""

from __future__ import annotations

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from clients.filters import ME, NUMBER, TEAM, branches, people, segments, team
from deals.leads.models import LeadChannel, LeadSource, LeadState
from deals.leads.querysets import OPEN
from deals.leads.rows import LeadRow
from salescrm.base import clock, names
from salescrm.base.lists.filters import NONE, Choice, Choices, DateRange, Filter, Here, Ids, NumberRange
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import Column, ListSpec

WHO = rf"{ME}|{TEAM}|{NONE}|{NUMBER}"
WORDS = ((ME, _("me")), (TEAM, _("my team")), (NONE, pgettext_lazy("leads", "nobody")))
RECEIVED = (("+0d..+0d", _("today")), ("-6d..+0d", _("within a week")), ("-1m..+0d", _("within a month")))
BARE = "open=yes"


def worked_by(value: str, here: Here) -> Q:
    """Keep the leads of a person, of me, of my team, of nobody."""
    if value == NONE:
        return Q(responsible__isnull=True)
    if value == TEAM:
        return Q(responsible__in=team(here))
    return Q(responsible=here.person.pk if value == ME else int(value))


def who(here: Here) -> Choices:
    """Return the people who may be responsible, and nobody."""
    return [*people(here), (NONE, gettext("nobody"))]


def is_open(value: str, here: Here) -> Q:
    """Keep those still worked on, or those that are over."""
    return Q(state__in=OPEN) if value == "yes" else ~Q(state__in=OPEN)


def late(value: str, here: Here) -> Q:
    """Keep those whose first contact is overdue, or whose offer is."""
    if value == "contact":
        return Q(state__in=OPEN, first_contacted_at__isnull=True, first_contact_due_at__lt=clock.now())
    return Q(state="qualified", offer_due_on__lt=here.today)


def named(kinds: type[TextChoices]) -> Choices:
    """Return the values of a kind with their words."""
    return [(value, str(label)) for value, label in kinds.choices]


def sources(here: Here) -> Choices:
    """Return all sources."""
    return [(str(one.pk), str(one)) for one in LeadSource.objects.all()]


def yes_no(here: Here) -> Choices:
    """Return both answers."""
    return [("yes", gettext("yes")), ("no", gettext("no"))]


def filters() -> list[Filter]:
    """The filters of the list."""
    return [
        Choice("open", pgettext_lazy("leads", "Open"), choices=yes_no, own=is_open),
        Choice(
            "late",
            _("Overdue"),
            choices=lambda here: [("contact", gettext("first contact")), ("offer", gettext("offer"))],
            own=late,
        ),
        Choice(
            "state", pgettext_lazy("lead", "State"), path="state", choices=lambda here: named(LeadState)
        ),
        Choice("responsible", _("Responsible"), choices=who, own=worked_by, pattern=WHO, known=WORDS),
        Choice("source", _("Source"), path="source", choices=sources, pattern=NUMBER),
        Choice("channel", _("How it came in"), path="channel", choices=lambda here: named(LeadChannel)),
        Choice(
            "type", _("Type"), path="segment", choices=segments, pattern=rf"{NONE}|{NUMBER}",
            empty=Q(segment__isnull=True),
        ),
        Choice("branch", _("Branch"), path="branch", choices=branches, pattern=NUMBER),
        NumberRange("score", _("Score"), path="score"),
        DateRange("created", _("Received"), path="created_at__date", presets=RECEIVED),
        Ids("ids", _("Chosen leads")),
    ]  # fmt: skip


def find(typed: str, whole: bool) -> Q:
    """Keep leads whose person, company or city has what was typed; a number finds phones."""
    fits = Q(pk__in=[])
    for key in names.keys(typed):
        fits |= Q(person_key__contains=key) | Q(company_key__contains=key)
    digits = "".join(letter for letter in typed if letter.isdecimal())
    if len(digits) > 5:
        fits |= Q(phone_key__contains=digits[-10:]) | Q(inn=digits)
    return fits


def _person(row: LeadRow) -> str:
    return row.lead.responsible.short_name if row.lead.responsible else ""


def _term(row: LeadRow) -> str:
    return row.term.words if row.term else ""


COLUMNS = (
    Column("name", _("Lead"), lambda row: row.lead.name, fixed=True),
    Column("term", _("Term"), _term),
    Column("state", pgettext_lazy("lead", "State"), lambda row: str(row.lead.get_state_display()), sort="state"),
    Column("score", _("Score"), lambda row: row.lead.score, sort="score", number=True),
    Column("responsible", _("Responsible"), _person),
    Column("source", _("Source"), lambda row: str(row.lead.source)),
    Column("created", _("Received"), lambda row: timezone.localtime(row.lead.created_at).date(), sort="created"),
    Column("type", _("Type"), lambda row: str(row.lead.segment or ""), shown=False),
    Column("channel", _("How it came in"), lambda row: str(row.lead.get_channel_display()), shown=False),
    Column("city", _("City"), lambda row: row.lead.city, shown=False),
    Column("branch", _("Branch"), lambda row: str(row.lead.branch), shown=False),
    Column("reason", _("Reason of closing"), lambda row: str(row.lead.get_close_reason_display()), shown=False),
)
SORTS = (
    Sort("queue", "queue"),
    Sort("created", "created_at"),
    Sort("score", "score"),
    Sort("state", "state"),
)
LEADS = ListSpec("leads", COLUMNS, SORTS, "-queue", filters, find, url_name="leads:lead-list", bare=BARE)
