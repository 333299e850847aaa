"""The log of readings of the base (R21) as a list: who exported, opened and listed how much, by person and day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from salescrm.base.lists.filters import Choice, Choices, DateRange, Filter, Here, day_of
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.models import AccessKind, AccessLog
from staff.access import Role
from staff.models import Employee

NUMBER = r"\d{1,15}"
DAYS = (("+0d..+0d", _("today")), ("-6d..+0d", _("within a week")), ("-1m..+0d", _("within a month")))
WHAT = {
    ("export", "clients"): _("clients exported"),
    ("export", "contacts"): _("contacts exported"),
    ("export", "tasks"): _("tasks exported"),
    ("mass_read", "clients"): _("cards of others’ clients opened"),
    ("mass_read", "clients-list"): _("others’ clients read in lists"),
    ("reveal", "contacts"): _("contacts of others’ clients shown"),
    ("reveal", "own-contacts"): _("contacts of own clients shown"),
}


def people(here: Here) -> Choices:
    """Everybody who may sign in or once did."""
    found = Employee.people.exclude(role=Role.NONE).order_by("last_name", "first_name", "pk")
    return [(str(one.pk), one.short_name) for one in found]


def filters() -> list[Filter]:
    """The filters of the log."""
    return [
        Choice("person", _("Who"), path="person", choices=people, pattern=NUMBER),
        Choice("kind", _("Kind"), path="kind", choices=lambda here: [(str(a), str(b)) for a, b in AccessKind.choices]),
        DateRange("day", _("Day"), path="at__date", presets=DAYS),
    ]


READINGS = ListSpec("access-log", (), (Sort("at", "id"),), "-at", filters, size=50)


@dataclass(frozen=True)
class Reading:
    """A line of the log: `query` is what the list was narrowed to, as its address says it."""

    log: AccessLog

    @property
    def what(self) -> str:
        """Say what was read."""
        known = WHAT.get((self.log.kind, self.log.screen))
        return str(known) if known else f"{self.log.get_kind_display()}: {self.log.screen}"

    @property
    def query(self) -> str:
        """What the list was narrowed to."""
        return str(self.log.detail.get("query", ""))

    @property
    def url(self) -> str:
        """The list that was read, where it is known."""
        return str(self.log.detail.get("url", ""))


def fields_of(state: ListState, *keys: str) -> list[dict[str, Any]]:
    """Describe the selects over a list (`lists/selects.html`) by the keys of its filters."""
    found = []
    for key in keys:
        one = state.filters[key]
        assert isinstance(one, Choice)  # noqa: S101
        chosen = state.values.get(key, ())
        options = [(value, text, value in chosen) for value, text in one.options(state.here)]
        found.append({"key": key, "label": one.label, "options": options})
    return found


def days_of(state: ListState) -> list[str]:
    """Return the two days the list is narrowed to, as their fields have them."""
    start, end = state.values.get("day") or ("", "")
    if not DateRange.is_range(start):
        return ["", ""]
    return [day_of(one, state.here.today).isoformat() if one else "" for one in (start, end)]
