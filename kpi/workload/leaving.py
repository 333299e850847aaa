"""Letting a person go: everything in hand is passed on, then the log-in is closed, all or nothing (R210, R213).

The rooms say what there is and pass it on (`staff.leaving`); clients go by the plan of `deals.sharing` that was seen,
those it finds no place for to the receiver. The last day of work is today, the new owners' interval begins tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.models import OwnershipReason
from deals import sharing
from deals.sharing import Asked, Changed, asked_of
from salescrm.base.jobs import Refused
from staff.access import Act, require
from staff.leaving import Leaving, in_hand, rooms
from staff.models import Employee


def asked_for(person: Employee, to: Iterable[int], params: QueryDict, acting_user: Employee, today: date) -> Asked:
    """Return the portfolio of a person shared out among others by the rule of the address; norms may be passed.

    Everything has to go somewhere, so norms hold only where the address names them.
    """
    said: list[tuple[str, int | str]] = [("owner", person.pk), *(("to", one) for one in to if one != person.pk)]
    said += [(name, params.get(name, "")) for name in ("even", "keep")]
    said.append(("norm", params.get("norm", "no")))
    return asked_of(QueryDict(urlencode(said)), acting_user, today)


@transaction.atomic
def let_go(*, leaving: Leaving, asked: Asked, seen: str, note: str) -> int:
    """Pass on everything and close the log-in; return how many clients went by the plan.

    1. Raise Refused when the person has left already, is the one who acts, or when receiver or head are no longer here.
    2. Raise Changed when the plan of the clients is another one than was seen.
    3. Raise Refused when anything is left, so that nothing is changed.
    """
    require(leaving.acting_user, Act.DISMISS)
    person = leaving.person
    chosen = {one.pk for one in (person, leaving.receiver, leaving.head) if one}
    held = Employee.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(sorted(chosen))
    if not held[person.pk].is_active:
        raise Refused(_("%s has left already.") % person.short_name)
    if person.pk in (leaving.acting_user.pk, leaving.receiver.pk) or leaving.head == person:
        raise Refused(_("Nobody lets himself go, or hands over to himself."))
    if not all(held[pk].is_active for pk in chosen):
        raise Refused(_("Somebody chosen here has left meanwhile."))
    if leaving.head is None and Employee.people.working().team_of(person) != {person.pk}:
        raise Refused(_("Say who leads the people that are left."))
    moved = _share_out(leaving, asked, seen, note)
    for room in rooms():
        room.pass_on(leaving)
    if left := in_hand(person, leaving.today):
        raise Refused(_("Something would be left: %s. Nothing was changed.") % ", ".join(line.label for line in left))
    person.is_active, person.portfolio_successor, person.left_on = False, leaving.receiver, leaving.today
    person.save(update_fields=["is_active", "portfolio_successor", "left_on"])
    return moved


def _share_out(leaving: Leaving, asked: Asked, seen: str, note: str) -> int:
    """Carry out the plan of the clients that was seen, if it moves any."""
    plan = sharing.preview(asked, leaving.today)
    if plan.mark != seen:
        raise Changed(_("The base has changed meanwhile: here is the new plan. Look, then carry it out."))
    if not plan.moves:
        return 0
    before = sharing.carry_out(
        asked=asked,
        seen=seen,
        starts_on=leaving.today + timedelta(days=1),
        reason=OwnershipReason.DISMISSAL,
        acting_user=leaving.acting_user,
        today=leaving.today,
        note=note,
    )
    return len(before)
