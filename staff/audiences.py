"""With whom people share saved views of lists, and whose they see (settings.LIST_AUDIENCES)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from salescrm.base.models import Audience, SavedView
from staff.access import Act, may
from staff.models import Employee


def offered(person: Employee) -> list[Audience]:
    """Return the audiences a person may choose: the own office for anybody, the team and everybody for heads."""
    wider = [Audience.TEAM, Audience.ALL] if may(person, Act.SHARE_VIEWS) else []
    return [one for one in Audience if one in (Audience.OWN, Audience.BRANCH, *wider)]


def seen_by(person: Employee, views: QuerySet[SavedView]) -> list[SavedView]:
    """Return the person's own views and those shared with that person; a head's team is asked for when it matters."""
    near = Q(audience=Audience.BRANCH, owner__branch=person.branch_id)
    shared = Q(audience__in=[Audience.TEAM, Audience.ALL]) | near
    found = list(views.filter(Q(owner=person) | shared).select_related("owner"))
    teams = {one.owner_id for one in found if one.audience == Audience.TEAM} - {person.pk}
    heads = Employee.people.heads_above(person) if teams else set()
    return [one for one in found if one.owner_id not in teams or one.audience != Audience.TEAM or one.owner_id in heads]
