"""The record of a person: what post, branch and heads there were and who changed them, and the one way to change them.

What a role opens is a matter of log-ins: only the administrator changes it; staff records change the rest (R200, R201,
R213). Every change is kept by the history of fields with the reason said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pghistory
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from salescrm.base import show
from salescrm.base.jobs import Refused
from staff.access import Act, Role, may, require
from staff.models import Branch, Department, Employee, Position

KEPT = (
    "role",
    "position",
    "branch",
    "department",
    "administrative_head",
    "functional_head",
    "norm_share",
    "owns_clients",
    "recovery_limit",
    "hired_on",
    "left_on",
    "is_active",
)
LINES = ("administrative_head", "functional_head")
MOST = 200  # events read
SOURCES: dict[str, Any] = {
    "position": Position,
    "branch": Branch,
    "department": Department,
    "administrative_head": Employee,
    "functional_head": Employee,
}


@dataclass(frozen=True)
class Change:
    """One field that changed: when, by whom (empty: by the program), why (empty: not said), from and to in words."""

    at: datetime
    who: str
    why: str
    label: str
    before: str
    after: str


def may_change(acting_user: Employee, person: Employee) -> bool:
    """Say whether `acting_user` changes the record of `person`; nobody changes the own one."""
    return may(acting_user, Act.CHANGE_STAFF) and person.is_active and person != acting_user


def changes(person: Employee) -> list[Change]:
    """Return what changed in the record of a person, the newest first: a fixed number of queries."""
    events = _events(person).select_related("pgh_context").order_by("-pgh_id")[:MOST]
    rows = sorted(events, key=lambda one: int(one.pgh_id))
    names = _names(rows)
    found = []
    for before, after in pairwise(rows):
        said = after.pgh_context.metadata if after.pgh_context else {}
        for name in KEPT:
            old, new = _value(before, name), _value(after, name)
            if old != new:
                label = str(getattr(Employee._meta.get_field(name), "verbose_name", name))
                words = (_word(names, name, old), _word(names, name, new))
                who = names[Employee].get(said.get("user"), "")
                found.append(Change(after.pgh_created_at, who, str(said.get("reason", "")), label, *words))
    return found[::-1]


def version_of(person: Employee) -> int:
    """Return the number of the newest event of a person: another one, and somebody has changed the record."""
    return int(_events(person).order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0)


@transaction.atomic
def change(*, person: Employee, fields: dict[str, Any], reason: str, seen: int, acting_user: Employee) -> Employee:
    """Change the record of a person.

    1. Raise PermissionDenied for who may not, and for a role changed by anybody but the administrator.
    2. Records are changed one after another, so that two of them make no ring together.
    3. Raise Refused when somebody has changed the record since `seen`, or when a line of heads would be a ring.
    """
    require(acting_user, Act.CHANGE_STAFF)
    list(Branch.objects.select_for_update(of=("self",), no_key=True).filter(is_head_office=True))  # one after another
    held = Employee.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    changed = {name: value for name, value in fields.items() if getattr(held, name) != value}
    if not may_change(acting_user, held) or ("role" in changed and not may(acting_user, Act.ADMINISTER)):
        raise PermissionDenied
    if version_of(held) != seen:
        raise Refused(_("Somebody has changed this record meanwhile: look at it and change it then."))
    for line in LINES:
        if (head := changed.get(line)) is not None and Employee.people.stands_below(head, held, line):
            told = {"head": head.short_name, "person": held.short_name}
            raise Refused(_("%(head)s stands below %(person)s in this line: it would be a ring.") % told)
    for name, value in changed.items():
        setattr(held, name, value)
    if changed:
        with pghistory.context(reason=reason):
            held.save(update_fields=list(changed))
    return held


def _events(person: Employee) -> Any:
    return apps.get_model("staff", "EmployeeEvent")._default_manager.filter(pgh_obj=person.pk)


def _value(event: Any, name: str) -> Any:
    return getattr(event, f"{name}_id" if name in SOURCES else name)


def _names(events: Iterable[Any]) -> dict[Any, dict[Any, str]]:
    """Read the names of everything these events point to: a query for each kind."""
    wanted: dict[Any, set[Any]] = {model: set() for model in SOURCES.values()}
    for event in events:
        for name, model in SOURCES.items():
            wanted[model].add(_value(event, name))
        if event.pgh_context:
            wanted[Employee].add(event.pgh_context.metadata.get("user"))
    return {
        model: {one.pk: str(one) for one in model.objects.filter(pk__in=ids - {None})} for model, ids in wanted.items()
    }


def _word(names: dict[Any, dict[Any, str]], name: str, value: Any) -> str:
    if name in SOURCES:
        return names[SOURCES[name]].get(value, show.NOTHING)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "role":
        return str(Role(value).label)
    if isinstance(value, date):
        return show.day(value)
    return show.NOTHING if value is None else str(value)
