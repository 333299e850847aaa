"""Who receives zero clients: development managers by branch, their loads, limits and absences (R109, R214)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from salescrm.base import sql
from segmentation.guards import head
from staff.access import Role
from staff.calendar import Calendar
from staff.models import Absence, Branch, Employee

if TYPE_CHECKING:
    from segmentation.steps import Night

APP = "segmentation"


class Receivers:
    """The receivers of one night: read once, whatever the number of clients."""

    def __init__(self, night: Night) -> None:
        self._all = list(
            Employee.objects.filter(is_active=True, role=Role.BDM_RECOVERY, recovery_limit__isnull=False).order_by("pk")
        )
        self._away = _away_too_long(night, self._all)
        self._branches = dict(Branch.objects.values_list("pk", "receiver_branch_id"))
        self._served = {person.branch_id for person in self._all}
        self.head = head()

    def branch_for(self, branch_id: int) -> int | None:
        """Return the branch whose receivers take clients of `branch_id`: its own or the one named; None: the head."""
        if branch_id in self._served:
            return branch_id
        named = self._branches.get(branch_id)
        return named if named in self._served else None

    def place(self, asking: list[tuple[int, int | None]], taken: Iterable[int] = ()) -> dict[int, int]:
        """Return client → receiver for (client, branch) in work order; branch None is the head's list, unlimited.

        `taken` names receivers, once per place, that get clients beside these.
        """
        placed = {client: self.head for client, branch in asking if branch is None and self.head is not None}
        listed = [(client, branch) for client, branch in asking if branch is not None]
        if listed:
            rows = sql.rows(APP, "place_due", self._parameters(listed, Counter(taken)))
            placed |= {row["client_id"]: row["receiver_id"] for row in rows}
        return {client: receiver for client, receiver in placed.items() if receiver is not None}

    def _parameters(self, listed: list[tuple[int, int]], taken: Counter[int]) -> dict[str, Any]:
        loads = {row["receiver_id"]: row["load"] for row in sql.rows(APP, "read_loads")}
        present = [person for person in self._all if person.pk not in self._away]
        return {
            "client_ids": [client for client, _branch in listed],
            "branch_ids": [branch for _client, branch in listed],
            "receiver_ids": [person.pk for person in present],
            "receiver_branch_ids": [person.branch_id for person in present],
            "loads": [loads.get(person.pk, 0) + taken[person.pk] for person in present],
            "limits": [person.recovery_limit for person in present],
        }


def _away_too_long(night: Night, people: list[Employee]) -> set[int]:
    """Return the receivers absent for more working days in a row, from tomorrow on, than the rules allow."""
    absences: dict[int, list[Any]] = {}
    for absence in Absence.objects.filter(employee__in=people, ends_on__gt=night.tomorrow):
        absences.setdefault(absence.employee_id, []).append((absence.starts_on, absence.ends_on))
    branches = Branch.objects.in_bulk()
    return {
        person.pk
        for person in people
        if person.pk in absences
        and Calendar(branches[person.branch_id]).working_days_away(absences[person.pk], night.tomorrow)
        > night.rule_set.absence_days
    }
