"""What a person who leaves has in hand of the work by classes: programmes of clients, and recovery of silent ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Ownership
from segmentation.models import CaseState, ZeroCase
from segmentation.priorities.programmes.models import Programme
from staff.access import Role
from staff.leaving import Held, Leaving, to_owners
from staff.models import Employee

RECOVERING = (Role.BDM_RECOVERY, Role.BDM_KEY)


def held(person: Employee, today: date) -> Sequence[Held]:
    """Count programmes answered for and clients being recovered."""
    return [
        Held(_("programmes of clients"), _programmes(person).count(), to_owners()),
        Held(_("recovery cases"), _cases(person).count(), _("to the new development manager; else they are closed"),
             f"{reverse('segmentation:zero-recovery')}"),
    ]  # fmt: skip


def pass_on(leaving: Leaving) -> None:
    """Give programmes and cases to who has the client now; a case in other hands than recovery's is over."""
    person = leaving.person
    Programme.objects.open().follow_owners()
    recovering = (
        Ownership.objects.filter(ends_on__isnull=True, owner__role__in=RECOVERING)
        .exclude(owner=person)
        .exclude(owner__is_active=False)
    )
    now_with = Subquery(recovering.filter(client=OuterRef("client")).values("owner")[:1])
    _cases(person).filter(client__in=recovering.values("client")).update(to_owner=now_with)
    _cases(person).update(state=CaseState.CLOSED, closed_on=leaving.today, closed_by=leaving.acting_user)


def _programmes(person: Employee) -> QuerySet[Programme]:
    return Programme.objects.open().filter(owner=person)


def _cases(person: Employee) -> QuerySet[ZeroCase]:
    return ZeroCase.objects.in_recovery().filter(to_owner=person)
