"""What the room writes into the log of changes: owners of clients (R11, R381)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Ownership
from salescrm.base.change_log import Scope
from salescrm.base.timeline import Event, Kind


def _owners(ids: Sequence[int], person: Any) -> dict[int, Event]:
    former = Ownership.objects.filter(client=OuterRef("client"), ends_on=OuterRef("starts_on"))
    name = Concat("owner__first_name", Value(" "), "owner__last_name")
    rows = Ownership.objects.select_related("client", "owner", "author").filter(pk__in=list(ids))
    found = {}
    for one in rows.annotate(former=Subquery(former.values(name=name)[:1])):
        said = f"{one.former} → {one.owner.short_name}"
        reason = f"{one.get_reason_display()}: {one.note}" if one.note else str(one.get_reason_display())
        found[one.pk] = Event(
            "user-share",
            _("%(client)s: owner %(owner)s") % {"client": one.client.name, "owner": said},
            reason,
            url=reverse("clients:client-card", args=[one.client_id]),
            note=one.author.short_name if one.author else _("by rule"),
        )
    return found


def _rows(scope: Scope) -> Any:
    later = Ownership.objects.filter(starts_on__gt=F("client__owned_from"))
    return scope.narrow(later, day="starts_on", author="author", client="client")


KINDS = (Kind("owner", gettext_lazy("Owner"), "starts_on", _rows, _owners),)
