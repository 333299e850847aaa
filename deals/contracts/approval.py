"""Who approves a contract: the office of each step, and who stands in for it (R195)."""

from __future__ import annotations

from datetime import date

from deals.contracts.models import Contract, ContractState
from staff.access import ACTS, Act, may
from staff.models import Absence, Employee

OFFICES = {ContractState.LEGAL: Act.APPROVE_LEGAL, ContractState.COMMERCIAL: Act.APPROVE_COMMERCIAL}
STAND_IN = Act.APPROVE_COMMERCIAL  # decides in place of an office in which nobody is at work


def _in_office(act: Act, today: date) -> list[Employee]:
    """The people of an office who are at work, in the order of their numbers."""
    roles = [role for role, acts in ACTS.items() if act in acts]
    away = Absence.objects.on(today).values("employee")
    return list(Employee.people.working().filter(role__in=roles).exclude(pk__in=away).order_by("pk"))


def approver(contract: Contract, state: str, today: date) -> Employee | None:
    """Return to whom the task goes: who is at work and in the client's branch first; None when nobody can decide."""
    branch = contract.client.branch_id
    for act in (OFFICES[ContractState(state)], STAND_IN):
        there = sorted(_in_office(act, today), key=lambda one: (one.branch_id != branch, one.pk))
        if there:
            return there[0]
    return None


def decides(person: Employee, today: date) -> list[str]:
    """Return the states in which `person` decides: of the own office, of those stood in for, of an empty office."""
    mine = Employee.objects.filter(pk__in=person.acting_for(today))
    held = {act for one in mine for act in ACTS[one.role] if one.is_active} if person.is_active else set()
    found = [state.value for state, act in OFFICES.items() if act in held]
    if may(person, STAND_IN):
        missing = [state for state in OFFICES if state.value not in found]
        found += [state.value for state in missing if not _in_office(OFFICES[state], today)]
    return found
