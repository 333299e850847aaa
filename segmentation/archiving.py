"""The archive by hand: whom a head puts away, and takes back (R129).

A person's word is kept at the client (`Client.archived_on`, which nights obey) and in `clients.Archiving` (who, why).
The state and its transition are the night's; what people see (`Standing`) follows at once, by the night's statement.
Locks: clients, then deals, then tasks, then Standing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from clients.models import Archiving, Client, LifeCycle, LossReason
from deals.actions import cancel
from deals.dealing.actions import lose_all
from deals.models import Task
from salescrm.base import show, sql
from salescrm.base.jobs import Refused
from staff.access import Act, require
from staff.models import Employee

APP = "segmentation"
BATCH = 5_000
MOST_REASON = 300  # characters `Client.archive_reason` holds
BY_HAND = Q(archived_on__isnull=False, standing__life_cycle=LifeCycle.ARCHIVED) & (
    Q(standing__last_purchase_on__isnull=True) | Q(standing__last_purchase_on__lte=F("archived_on"))
)


@dataclass
class Archived:
    """What archiving did: the clients put away, and what was closed with them."""

    clients: set[int] = field(default_factory=set)
    deals: int = 0
    tasks: int = 0


def can_be_archived(clients: QuerySet[Client]) -> QuerySet[Client]:
    """Keep clients that are not in the archive, by hand or by the rules."""
    return clients.exclude(standing__life_cycle=LifeCycle.ARCHIVED)


def can_be_taken_back(clients: QuerySet[Client]) -> QuerySet[Client]:
    """Keep clients a person put into the archive and that have not bought since."""
    return clients.filter(BY_HAND)


@transaction.atomic
def archive(
    *, clients: Iterable[int], reason: LossReason, note: str, acting_user: Employee, today: date, now: datetime
) -> Archived:
    """Put clients into the archive; those that are there already are left alone.

    1. The word of the person, at the client and in a row of its own.
    2. Open deals are lost for that reason, open tasks cancelled: an archived client needs none (R135).
    3. What people see; the night of the day writes the state and its transition.
    """
    require(acting_user, Act.ARCHIVE)
    if not reason.is_active:
        raise Refused(_("This reason is no longer used."))
    chosen = _locked(clients, can_be_archived)
    if not chosen:
        return Archived()
    made = [
        Archiving(client_id=pk, archived_on=today, archived_by=acting_user, reason=reason, note=note) for pk in chosen
    ]
    Archiving.objects.bulk_create(made, batch_size=BATCH)
    Client.objects.filter(pk__in=chosen).update(archived_on=today, archive_reason=made[0].why[:MOST_REASON])
    said = _("archived: %s") % made[0].why
    lost = lose_all(clients=chosen, reason=reason, acting_user=acting_user, today=today, now=now, comment=said)
    tasks = Task.objects.open().filter(client__in=chosen)
    ended = cancel(tasks=tasks, reason=said[:500], acting_user=acting_user, now=now)
    sql.run(APP, "write_standing_life_cycle", {"client_ids": chosen})
    return Archived(set(chosen), lost, len(ended.before))


@transaction.atomic
def take_back(*, clients: Iterable[int], acting_user: Employee, today: date) -> set[int]:
    """Take clients back whom a person archived; return which. The next night judges them by the rules again.

    Deals and tasks closed with them stay closed: the rules of deals ask for the next ones.
    """
    require(acting_user, Act.ARCHIVE)
    chosen = _locked(clients, can_be_taken_back)
    if not chosen:
        return set()
    Archiving.objects.filter(client__in=chosen, taken_back_on=None, archived_on=F("client__archived_on")).update(
        taken_back_on=today, taken_back_by=acting_user
    )
    Client.objects.filter(pk__in=chosen).update(archived_on=None, archive_reason="")
    sql.run(APP, "write_standing_life_cycle", {"client_ids": chosen})
    return set(chosen)


def _locked(clients: Iterable[int], fitting: Callable[[QuerySet[Client]], QuerySet[Client]]) -> list[int]:
    """Lock the clients in their order, then look again who of them is still meant."""
    held = Client.objects.present().filter(pk__in=list(clients)).order_by("pk")
    ids = list(held.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    return list(fitting(Client.objects.filter(pk__in=ids)).order_by("pk").values_list("pk", flat=True))


def why_not(client: Client) -> str:
    """Say why a client cannot be archived, or taken back, any more."""
    last = (
        Archiving.objects.filter(client=client).select_related("archived_by", "taken_back_by").order_by("-pk").first()
    )
    if last is None:
        return _("The rules have put the client into the archive; its next purchase takes it out.")
    if last.taken_back_by and last.taken_back_on:
        told = {"who": last.taken_back_by.short_name, "day": show.day(last.taken_back_on)}
        return _("%(who)s has taken it back on %(day)s.") % told
    told = {"who": last.archived_by.short_name, "day": show.day(last.archived_on)}
    return _("%(who)s has put it into the archive on %(day)s.") % told
