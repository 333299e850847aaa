"""What a person who leaves has in hand of the work with clients: the clients, and everything open beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Client, LifeCycle, Ownership, OwnershipReason
from deals.actions import change_owners
from deals.contracts.models import Contract
from deals.dealing.models import Deal
from deals.help_requests.models import HelpRequest, HelpState
from deals.leads import actions as leads
from deals.leads.models import Lead
from deals.models import Task
from staff.leaving import Held, Leaving, to_owners, to_receiver
from staff.models import Employee


def held(person: Employee, today: date) -> Sequence[Held]:
    """Count clients, archived ones too, and open deals, contracts, leads, tasks and requests for help."""
    mine, archived = f"owner={person.pk}", Q(client__standing__life_cycle=LifeCycle.ARCHIVED)
    return [
        Held(_("clients"), owned(person).exclude(archived).count(), _("as the plan below shares them out"),
             f"{reverse('clients:client-list')}?{mine}"),
        Held(_("archived clients"), owned(person).filter(archived).count(), to_receiver(),
             f"{reverse('clients:client-list')}?{mine}&state=archived"),
        Held(_("open deals"), _deals(person).count(), to_owners(), f"{reverse('deals:deal-list')}?{mine}"),
        Held(_("contracts"), _contracts(person).count(), to_owners()),
        Held(_("open leads"), _leads(person).count(), to_receiver(),
             f"{reverse('leads:lead-list')}?responsible={person.pk}"),
        Held(_("open tasks"), _tasks(person).count(), _("with client or lead, others to who takes everything else"),
             f"{reverse('deals:task-list')}?assignee={person.pk}"),
        Held(_("deals of others taken part in"), _parts(person).count(), _("end")),
        Held(_("requests for help in work"), _helped(person).count(), _("wait for a head again")),
    ]  # fmt: skip


def pass_on(leaving: Leaving) -> None:
    """Give clients no plan has placed to the receiver; what hangs on clients to their owners, the rest to the receiver.

    Locks as everywhere: clients, deals, contracts, tasks.
    """
    person, receiver = leaving.person, leaving.receiver
    _hold(person)
    _give_clients(leaving)
    owner = _owner_or(receiver)
    _deals(person).update(owner=owner, version=F("version") + 1)
    _parts(person).delete()
    _contracts(person).update(responsible=owner, version=F("version") + 1)
    leads.assign(owners=dict.fromkeys(_leads(person).values_list("pk", flat=True), receiver), acting_user=receiver)
    _tasks(person).update(assignee=owner)
    _helped(person).update(state=HelpState.OPEN, accepted_by=None, accepted_at=None, version=F("version") + 1)


def owned(person: Employee) -> QuerySet[Ownership]:
    """Return the open intervals of the clients a person owns; those joined into others are nobody's work."""
    return Ownership.objects.filter(owner=person, ends_on__isnull=True, client__merged_into__isnull=True)


def _hold(person: Employee) -> None:
    """Lock the clients anything is passed on of, in the order of their numbers."""
    tasks = _tasks(person).filter(client__isnull=False)
    sources = (owned(person), _deals(person), _contracts(person), tasks, _helped(person))
    found: set[int] = set()
    for rows in sources:
        found |= set(rows.order_by().values_list("client_id", flat=True))
    held = Client.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=found)
    list(held.order_by("pk").values_list("pk"))


def _give_clients(leaving: Leaving) -> None:
    """Move the clients that are left from tomorrow on, those promised to the person later from that day on."""
    tomorrow = leaving.today + timedelta(days=1)
    by_day: dict[date, list[int]] = {}
    for client, starts_on in owned(leaving.person).values_list("client_id", "starts_on"):
        by_day.setdefault(max(starts_on, tomorrow), []).append(client)
    for day, clients in by_day.items():
        owners = dict.fromkeys(clients, leaving.receiver.pk)
        change_owners(owners, starts_on=day, reason=OwnershipReason.DISMISSAL, author=leaving.acting_user.pk)


def _owner_or(receiver: Employee) -> Any:
    """Return the newest owner of the client of a row if at work; else, and where there is no client, the receiver."""
    held = Ownership.objects.filter(client=OuterRef("client"), ends_on__isnull=True, owner__is_active=True)
    return Coalesce(Subquery(held.values("owner")[:1]), Value(receiver.pk))


def _deals(person: Employee) -> QuerySet[Deal]:
    return Deal.objects.open().filter(owner=person)


def _parts(person: Employee) -> QuerySet[Any]:
    return Deal.participants.through.objects.filter(employee=person, deal__state="open")


def _contracts(person: Employee) -> QuerySet[Contract]:
    return Contract.objects.open().filter(responsible=person)


def _helped(person: Employee) -> QuerySet[HelpRequest]:
    return HelpRequest.objects.filter(accepted_by=person, state=HelpState.ACCEPTED)


def _leads(person: Employee) -> QuerySet[Lead]:
    return Lead.objects.open().filter(responsible=person)


def _tasks(person: Employee) -> QuerySet[Task]:
    return Task.objects.open().filter(assignee=person)
