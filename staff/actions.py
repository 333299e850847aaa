"""Writes that touch several rows: absences with the message to the substitute."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from salescrm.base import notify
from staff.access import Act, Rows, may, rows
from staff.models import Absence, Employee


def may_enter_absence(acting_user: Employee, employee: Employee) -> bool:
    """Say whether `acting_user` enters absences of `employee`: staff records everywhere, heads within their rows."""
    if may(acting_user, Act.CHANGE_STAFF):
        return True
    if not may(acting_user, Act.CHANGE_OWNER):
        return False
    return rows(acting_user) == Rows.ALL or employee.branch_id == acting_user.branch_id


@transaction.atomic
def enter_absence(*, absence: Absence) -> None:
    """Store a checked absence and tell the substitute whose work comes to him, and until when."""
    absence.save()
    if absence.substitute_id:
        notify.tell(
            [absence.substitute_id],
            kind="absence",
            text=gettext_noop("You stand in for {name} from {start} to {end}"),
            key=f"absence:{absence.pk}",
            url=reverse("staff:person", args=[absence.employee_id]),
            name=absence.employee.short_name,
            start=f"{absence.starts_on:%d.%m.%Y}",
            end=f"{absence.last_day:%d.%m.%Y}",
        )
