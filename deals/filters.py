"""The list of tasks: its columns, orders and filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.filters import ME, NUMBER, TEAM, branches, people, team
from clients.models import Client
from deals.models import Priority, TaskKind, TaskState
from deals.rows import TaskRow
from salescrm.base import names
from salescrm.base.lists.filters import Choice, DateRange, Filter, Here, Ids
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import Column, ListSpec

WHO = rf"{ME}|{TEAM}|{NUMBER}"
WORDS = ((ME, _("me")), (TEAM, _("my team")))


def done_by(value: str, here: Here) -> Q:
    """Keep the tasks of a person, of me, of my team."""
    return Q(assignee__in=team(here)) if value == TEAM else Q(assignee=here.person.pk if value == ME else int(value))


def set_by(value: str, here: Here) -> Q:
    """Keep the tasks a person has set, I, my team."""
    return Q(author__in=team(here)) if value == TEAM else Q(author=here.person.pk if value == ME else int(value))


@dataclass(frozen=True)
class OfClient(Choice):
    """The tasks of clients, found by typing; only clients the person sees are named."""

    def words(self, value: tuple[str, ...], here: Here) -> str:
        """Name the clients."""
        return ", ".join(name for _pk, name in self._named(value, here))

    def field(self, value: tuple[str, ...] | None, here: Here) -> dict[str, object]:
        """Describe the picker with the chosen ones."""
        described = super().field(value, here)
        described["options"] = [(str(pk), name, True) for pk, name in self._named(value or (), here)]
        return described

    @staticmethod
    def _named(value: tuple[str, ...], here: Here) -> Sequence[tuple[int, str]]:
        seen = Client.objects.visible_to(here.person, here.today).filter(pk__in=value)
        return list(seen.order_by("name_sort").values_list("pk", "name")[:10])


def of_branch(value: str, here: Here) -> Q:
    """Keep the tasks of a branch's clients, and those of no client that its people do (R12)."""
    return Q(client__branch=value) | Q(client__isnull=True, assignee__branch=value)


def filters() -> list[Filter]:
    """The filters of the list."""
    return [
        Choice("assignee", _("Who does it"), choices=people, own=done_by, pattern=WHO, known=WORDS),
        DateRange("due", _("Due on"), path="due_on", presets=DUE),
        Choice("kind", _("Kind"), path="kind", choices=lambda here: [(str(a), str(b)) for a, b in TaskKind.choices]),
        Choice(
            "state",
            pgettext_lazy("task", "State"),
            path="state",
            choices=lambda here: [(str(a), str(b)) for a, b in TaskState.choices],
        ),
        Choice(
            "priority",
            _("Priority"),
            path="priority",
            choices=lambda here: [(str(a), str(b)) for a, b in Priority.choices],
        ),
        OfClient("client", _("Client"), path="client", url_name="clients:client-choose", pattern=NUMBER),
        Choice("branch", _("Branch"), choices=branches, own=of_branch, pattern=NUMBER),
        Choice("author", _("Who set it"), choices=people, own=set_by, pattern=WHO, known=WORDS),
        DateRange("closed", _("Closed"), path="closed_at__date", presets=CLOSED),
        DateRange("created", _("Created"), path="created_at__date", presets=CLOSED),
        Ids("ids", _("Chosen tasks")),
    ]


DUE = (
    ("..-1d", pgettext_lazy("tasks", "overdue")),
    ("..+0d", pgettext_lazy("tasks", "overdue and today")),
    ("+0d..+0d", pgettext_lazy("tasks", "today")),
    ("+1d..+1d", pgettext_lazy("tasks", "tomorrow")),
    ("+0d..+6d", pgettext_lazy("tasks", "within a week")),
    ("+0d..+30d", pgettext_lazy("tasks", "within a month")),
)
CLOSED = (("+0d..+0d", _("today")), ("-6d..+0d", _("within a week")), ("-1m..+0d", _("within a month")))


def find(typed: str, whole: bool) -> Q:
    """Keep tasks whose words, or whose client's name, have what was typed."""
    key = names.key(typed)
    of_client = Q(client__name_key__contains=key) if key else Q()
    return Q(title__icontains=typed) | of_client


def _of(row: TaskRow) -> str:
    """Name the client or the lead a task is of."""
    return str(row.task.client or row.task.lead or "")


def _author(row: TaskRow) -> str:
    return row.task.author.short_name if row.task.author else ""


def _closed(row: TaskRow) -> object:
    return timezone.localtime(row.task.closed_at).date() if row.task.closed_at else None


COLUMNS = (
    Column("title", _("Task"), lambda row: row.task.title, fixed=True),
    Column("due", _("Due on"), lambda row: row.task.due_on, sort="due", field="due_on"),
    Column("client", _("Client"), _of, sort="client"),
    Column("kind", _("Kind"), lambda row: str(row.task.get_kind_display()), field="kind"),
    Column("assignee", _("Who does it"), lambda row: row.task.assignee.short_name),
    Column(
        "priority",
        _("Priority"),
        lambda row: str(row.task.get_priority_display()),
        sort="priority",
        shown=False,
        field="priority",
    ),
    Column("state", pgettext_lazy("task", "State"), lambda row: str(row.task.get_state_display())),
    Column("result", _("Result"), lambda row: row.task.result, shown=False),
    Column("author", _("Who set it"), _author, shown=False),
    Column(
        "created", _("Created"), lambda row: timezone.localtime(row.task.created_at).date(), sort="created", shown=False
    ),
    Column("closed", _("Closed"), _closed, sort="closed", shown=False),
)


SORTS = (
    Sort("due", "due_on"),
    Sort("client", "client__name_sort", nullable=True),
    Sort("priority", "priority"),
    Sort("created", "created_at"),
    Sort("closed", "closed_at", nullable=True),
)
BARE = f"assignee={ME}&state=open"  # a person's own open tasks
TASKS = ListSpec("tasks", COLUMNS, SORTS, "due", filters, find, url_name="deals:task-list", bare=BARE)
