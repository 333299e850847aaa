"""To whom leads go by rule: in turn to who has fewest open ones; who is away gets none (R157).

1. Who may get a lead is said by the rules: managers of its branch, or of all where the branch has none present; one
   person, or who stands in; the lead managers.
2. Each lead goes to the person with the fewest open ones, counting those given in the same plan; ties go by number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count

from deals.leads.models import Lead, LeadRules, Receiver
from staff.access import Act, Role, may
from staff.models import Absence, Employee


def receivers(rules: LeadRules, today: date) -> list[Employee]:
    """Return the people present today who get leads by the rules."""
    away = dict(Absence.objects.on(today).values_list("employee_id", "substitute_id"))
    if rules.receiver == Receiver.SINGLE:
        one = rules.single_receiver_id or 0
        present = Employee.people.working().filter(pk=away.get(one, one)).exclude(pk__in=list(away))
        return [person for person in present if may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)]
    role = Role.LEAD_MANAGER if rules.receiver == Receiver.LEAD_MANAGER else Role.CSM
    found = Employee.people.working().filter(role=role).exclude(pk__in=list(away))
    return list(found.order_by("pk"))


def plan(leads: Iterable[Lead], rules: LeadRules, today: date) -> dict[int, Employee]:
    """Return who gets which lead (its id); empty when nobody is present. Two questions, however many leads."""
    people = receivers(rules, today)
    if not people:
        return {}
    counted = Lead.objects.open().filter(responsible__in=people).order_by()
    load = {one.pk: 0 for one in people}
    load |= dict(counted.values_list("responsible").annotate(n=Count("pk")))
    found = {}
    for lead in leads:
        near = [one for one in people if one.branch_id == lead.branch_id]
        chosen = min(near or people, key=lambda one: (load[one.pk], one.pk))
        load[chosen.pk] += 1
        found[lead.pk] = chosen
    return found


def heads(branch: int) -> list[int]:
    """Return the ids of who is told: heads of client service and of the branch; without them those of sales."""
    working = Employee.people.working()
    found = set(working.filter(role=Role.CSH).values_list("pk", flat=True))
    found |= set(working.filter(role=Role.BRANCH_HEAD, branch=branch).values_list("pk", flat=True))
    return sorted(found) or list(Employee.people.heads_of_sales().values_list("pk", flat=True))
