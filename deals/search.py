"""What the room offers in the global search: tasks by their words; actions."""

from __future__ import annotations

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import find as finding
from clients.find import Sight
from clients.models import CommunicationKind
from deals.models import Task, TaskKind
from deals.rows import ICONS
from salescrm.base import clock, found, names, show
from salescrm.base.found import Group, Item
from staff.access import Act, may
from staff.models import Employee

LOGS = (
    (CommunicationKind.CALL, "phone", gettext_lazy("Log a call")),
    (CommunicationKind.MEETING, "users", gettext_lazy("Log a meeting")),
    (CommunicationKind.LETTER, "mail", gettext_lazy("Log a letter")),
    (CommunicationKind.NOTE, "note", gettext_lazy("Write a note")),
)


def find(person: Employee, words: str, limit: int, *, forgiving: bool) -> list[Group]:
    """Return tasks the person sees."""
    return [Group(_("Tasks"), tasks(person, words, limit, forgiving=forgiving))] if words else []


def tasks(person: Employee, words: str, limit: int, *, forgiving: bool) -> list[Item]:
    """Tasks with these words: open ones first and of them one's own, the most urgent first; with typos the likest.

    Of a word that many have one's own open ones and those on clients the person works are always looked at.
    """
    if forgiving:
        finding.tolerate()
    today = clock.today()
    fits = Task.objects.called(words, with_typos=forgiving)
    sight, parts = Sight.of(person, today), []
    for way in fits:
        own = way.open().filter(assignee=person).values_list("pk", flat=True)[: finding.MOST]
        parts += [*finding.few(way, sight, with_typos=forgiving), own]
    if not parts:
        return []
    near = finding.together(parts)
    seen = Task.objects.visible_to(person, today).filter(pk__in=near).select_related("client", "assignee")
    mine = ExpressionWrapper(Q(assignee=person), BooleanField())
    likest = [TrigramWordSimilarity(words, "title").desc()] if forgiving else []
    order = (F("closed_at").desc(nulls_first=True), "-is_mine", "due_on", "pk")
    ordered = seen.annotate(is_mine=mine).order_by(*likest, *order)
    return [task_item(task, words) for task in ordered[:limit]]


def task_item(task: Task, words: str) -> Item:
    """A task: until when or how it ended, of which client, who does it."""
    state = show.day(task.due_on) if task.is_open else str(task.get_state_display())
    parts = [state, task.client.name if task.client else "", task.assignee.short_name]
    sub = " · ".join(part for part in parts if part)
    icon = ICONS[TaskKind(task.kind)]
    reason = found.reason(words, names.key(task.title), like=_("similar words"))
    return Item(reverse("deals:task-card", args=[task.pk]), task.title, sub, reason, icon, dialog=True)


def actions(person: Employee) -> list[Item]:
    """What the person can do here."""
    if not (may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)):
        return []
    new = Item(reverse("deals:task-new"), _("New task"), icon="checkbox", dialog=True)
    logs = [
        Item(f"{reverse('deals:log')}?kind={kind}", str(label), icon=icon, dialog=True) for kind, icon, label in LOGS
    ]
    return [new, *logs]
