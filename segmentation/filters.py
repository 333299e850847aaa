"""What the room adds to the filters of the clients list: cells and movement of past days, TOP changes, a night's work.

Each filter of links reads one parameter of the URL and returns the ids of the clients it keeps; a value nobody could
have got from a link of ours raises ValueError. `offered` are filters people choose in the list's dialog.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.models import Client, LossReason, Ownership
from salescrm.base import show
from salescrm.base.lists.filters import Choice, DateRange, Filter, Here
from segmentation import casebook, figures, recovery, silence
from segmentation.models import CaseRule, Classification, StatusChange, TopMembership, ZeroCase
from segmentation.priorities.models import FocusClient, StrategicClient
from segmentation.priorities.programmes.models import Programme, ProgrammeState
from segmentation.priorities.scoring import period_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from staff.models import Branch

Ids = QuerySet[Any, Any]


def cell(value: str) -> Ids:
    """Keep the clients of a cell on a day: `2026-06-30:AX`; a dash stands for a missing letter, `*` for any."""
    day, _colon, letters = value.partition(":")
    if len(letters) != 2:
        raise ValueError(value)
    rows = Classification.objects.at(date.fromisoformat(day))
    for column, letter in zip(("abc", "xyz"), letters, strict=True):
        if letter != "*":
            rows = rows.filter(**{column: "" if letter == figures.NONE else letter})
    return rows.values("client_id")


def moved(value: str) -> Ids:
    """Keep the clients that went from one class to another: `2026-03-31:A:2026-06-30:B:abc`, `*` for any class."""
    since, before, until, after, by = value.split(":")
    known = (*figures.AXES[by], figures.NONE, "*")
    if before not in known or after not in known:
        raise ValueError(value)
    rows = figures.classes_of_two_days(Client.objects.all(), date.fromisoformat(since), date.fromisoformat(until))
    rows = rows.filter(Q(was__isnull=False) | Q(became__isnull=False))
    rows = rows.annotate(before=figures.letter_of("was", by), after=figures.letter_of("became", by))
    for column, letters in (("before", before), ("after", after)):
        if letters == figures.NONE:
            rows = rows.exclude(**{f"{column}__in": figures.AXES[by]})
        elif letters != "*":
            rows = rows.filter(**{column: letters})
    return rows.values("pk")


def top_on(value: str) -> Ids:
    """Keep the TOP list of a day: `2026-06-30`."""
    return TopMembership.objects.at(date.fromisoformat(value)).values("client_id")


def top_entered(value: str) -> Ids:
    """Keep the clients that entered the TOP list in the nights after the first day up to the second: `DAY:DAY`."""
    since, until = _days(value)
    return TopMembership.objects.filter(entered_on__gt=since, entered_on__lte=until).values("client_id")


def top_left(value: str) -> Ids:
    """Keep the clients that left the TOP list in the nights after the first day up to the second: `DAY:DAY`."""
    since, until = _days(value)
    return TopMembership.objects.filter(left_on__gt=since, left_on__lte=until).values("client_id")


def _days(value: str) -> tuple[date, date]:
    since, until = value.split(":")
    return date.fromisoformat(since), date.fromisoformat(until)


def night(value: str) -> Ids:
    """Keep the clients a night touched: `2026-07-15:handed_over`; the words are the keys of NIGHT."""
    day, _colon, what = value.partition(":")
    if what not in NIGHT:
        raise ValueError(value)
    return NIGHT[what](date.fromisoformat(day))


def _moved_by(*reasons: str) -> Callable[[date], Ids]:
    return lambda day: Ownership.objects.filter(night=day, reason__in=reasons).values("client_id")


def _became(*states: str) -> Callable[[date], Ids]:
    return lambda day: StatusChange.objects.filter(as_of=day, after__in=states).values("client_id")


def recovered(value: str) -> Ids:
    """Keep clients handed over in [DAY, DAY), or returned of those: `DAY:DAY:top:returned`, `*` for any rule."""
    since, until, rule, what = value.split(":")
    if rule not in ("*", *CaseRule.values) or what not in recovery.WORDS:
        raise ValueError(value)
    return recovery.handed(date.fromisoformat(since), date.fromisoformat(until), rule, what).values("client_id")


def strategic(value: str, here: Here) -> Q:
    """Keep the strategic list of this year, or of the year of a link; `no`: who is not on this year's (R74)."""
    year = here.today.year if value in YES_NO else int(value)
    return _unless(value, StrategicClient.objects.on_list(year).values("client"))


def in_focus(value: str, here: Here) -> Q:
    """Keep who is on a focus list of the two weeks that run, or on the list of a link (R79)."""
    entries = FocusClient.objects.filter(dropped_on__isnull=True)
    now = {"focus_list__starts_on": period_of(here.today)[0]}
    return _unless(value, entries.filter(**now if value in YES_NO else {"focus_list": int(value)}).values("client"))


def with_programme(value: str, here: Here) -> Q:
    """Keep who has a running action programme, or who has none (R76)."""
    return _unless(value, Programme.objects.filter(state=ProgrammeState.RUNNING).values("client"))


def _unless(value: str, clients: Ids) -> Q:
    return ~Q(pk__in=clients) if value == "no" else Q(pk__in=clients)


def _yes_no(here: Here) -> list[tuple[str, str]]:
    return [(value, str(word)) for value, word in YES_NO.items()]


YES_NO = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")}


NIGHT: dict[str, Callable[[date], Ids]] = {
    "classes": lambda day: Classification.objects.filter(Q(since=day) | Q(until=day)).values("client_id"),
    "top_entered": lambda day: TopMembership.objects.filter(entered_on=day).values("client_id"),
    "top_left": lambda day: TopMembership.objects.filter(left_on=day).values("client_id"),
    "status": lambda day: StatusChange.objects.filter(as_of=day).values("client_id"),
    "zero": _became("zero"),
    "lost": _became("lost"),
    "archived": _became("archived"),
    "active": _became("active", "new"),
    "handed_over": _moved_by("zero"),
    "returned": _moved_by("return", "correction"),
    "moved": lambda day: Ownership.objects.filter(night=day).values("client_id"),
    "cases": lambda day: ZeroCase.objects.filter(night=day).values("client_id"),
    "proposed": lambda day: casebook.marked().filter(casebook.proposed(day)).values("client_id"),
    "waiting": lambda day: casebook.marked().filter(casebook.waiting(day)).values("client_id"),
    "withdrawn": lambda day: ZeroCase.objects.filter(state="withdrawn", closed_on=day).values("client_id"),
}


def offered() -> list[Filter]:
    """Return the filters of the contact norm, and those of silence: when it begins, of which kind it is, its reason."""
    return [
        DateRange(
            "contact_due",
            gettext_lazy("Contact due"),
            path="standing__contact_due_on",
            presets=CONTACT_DUE,
            reads=(SPOKEN_IN,),
        ),
        DateRange(
            "last_contact",
            gettext_lazy("Last contact"),
            path="standing__last_contact_on",
            presets=LAST_CONTACT,
            reads=(SPOKEN_IN,),
        ),
        DateRange(
            "next_task",
            gettext_lazy("Next task"),
            path="standing__next_task_on",
            presets=NEXT_TASK,
            reads=("deals.TaskEvent",),
        ),
        DateRange("turns_zero", gettext_lazy("Becomes zero"), path="state__zero_on", presets=TURNS_ZERO),
        Choice(
            "silence",
            gettext_lazy("Silence"),
            choices=lambda here: [(kind, str(name)) for kind, name in silence.KIND_NAMES.items()],
            own=lambda value, here: silence.KINDS[value],
        ),
        Choice(
            "loss_reason",
            gettext_lazy("Reason of silence"),
            choices=lambda here: [*((one.code, str(one)) for one in LossReason.objects.all()), ("none", _("none yet"))],
            own=lambda value, here: silence.answered(value),
            reads=("segmentation.LossAnswer",),
        ),
        Choice(
            "strategic",
            gettext_lazy("Strategic list"),
            choices=_yes_no,
            own=strategic,
            pattern=r"yes|no|20\d\d",
            watches=("segmentation.StrategicClient",),
        ),
        Choice(
            "focus",
            gettext_lazy("Focus of two weeks"),
            choices=_yes_no,
            own=in_focus,
            pattern=r"yes|no|\d{1,15}",
            watches=("segmentation.FocusClient",),
        ),
        Choice(
            "programme",
            gettext_lazy("Running programme"),
            choices=_yes_no,
            own=with_programme,
            reads=("segmentation.ProgrammeEvent",),
        ),
    ]


SPOKEN_IN = "clients.Communication"
CONTACT_DUE = (
    ("..-1d", pgettext_lazy("contacts", "overdue")),
    ("..+0d", pgettext_lazy("contacts", "overdue and today")),
    ("..+7d", pgettext_lazy("contacts", "overdue and within a week")),
    ("+0d..", pgettext_lazy("contacts", "in time")),
    ("any", pgettext_lazy("contacts", "under the norm")),
    ("none", pgettext_lazy("contacts", "no norm holds")),
)
LAST_CONTACT = (
    ("-1m..", gettext_lazy("within a month")),
    ("-3m..", gettext_lazy("within 3 months")),
    ("..-3m", gettext_lazy("none for 3 months")),
    ("none", gettext_lazy("never")),
)
NEXT_TASK = (
    ("..-1d", pgettext_lazy("tasks", "overdue")),
    ("+0d..+6d", pgettext_lazy("tasks", "within a week")),
    ("+0d..+30d", pgettext_lazy("tasks", "within a month")),
    ("none", pgettext_lazy("tasks", "no task is set")),
)
TURNS_ZERO = (
    ("+1d..+14d", gettext_lazy("within two weeks")),
    ("+1d..+1m", gettext_lazy("within a month")),
    ("+1d..", pgettext_lazy("zero", "not yet")),
)
FILTERS: dict[str, Callable[[str], Ids]] = {
    "cell": cell,
    "moved": moved,
    "top_on": top_on,
    "top_entered": top_entered,
    "top_left": top_left,
    "night": night,
    "recovery": recovered,
}

NAMES: dict[str, _StrPromise] = {
    "cell": gettext_lazy("Class on a day"),
    "moved": gettext_lazy("Moved"),
    "top_on": gettext_lazy("TOP list of"),
    "top_entered": gettext_lazy("Entered TOP"),
    "top_left": gettext_lazy("Left TOP"),
    "night": gettext_lazy("Night"),
    "recovery": gettext_lazy("Handed over"),
}


def link(name: str, value: str, branch: Branch | None = None) -> str:
    """Return the address of the clients list with one of these filters, of one branch if it is given."""
    if name not in FILTERS:
        raise KeyError(name)
    asked = {name: value} | ({"branch": str(branch.pk)} if branch else {})
    return f"{reverse('clients:client-list')}?{urlencode(asked)}"


def label(name: str, value: str) -> tuple[str, str]:
    """Return what the chip of a filter says: its name and its value in words."""
    parts = [_word(part) for part in value.split(":") if part not in figures.AXES]
    if name == "recovery":
        return str(NAMES[name]), recovery.words(value)
    return str(NAMES[name]), " · ".join(parts)


def _word(part: str) -> str:
    try:
        return show.day_long(date.fromisoformat(part))
    except ValueError:
        return {"-": _("none"), "--": _("no class"), "*": _("any"), "**": _("any")}.get(part) or night_words().get(
            part, part
        )


def night_words() -> dict[str, str]:
    """Return what the parts of a night's work are called."""
    return {
        "classes": _("class changed"),
        "top_entered": _("entered TOP"),
        "top_left": _("left TOP"),
        "status": _("status changed"),
        "zero": _("became zero"),
        "lost": _("became lost"),
        "archived": _("archived"),
        "active": _("bought again"),
        "handed_over": _("handed over"),
        "returned": _("returned"),
        "moved": _("owner moved"),
        "cases": _("zero cases"),
        "proposed": _("proposed for hand-over"),
        "waiting": _("waited for a place"),
        "withdrawn": _("due no more"),
    }
