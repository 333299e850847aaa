"""What the room writes into the log of changes: discounts of deals (R381)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.dealing.models import DiscountChange
from salescrm.base import show
from salescrm.base.change_log import Scope
from salescrm.base.timeline import Event, Kind


def _discounts(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in DiscountChange.objects.select_related("deal__client", "author").in_bulk(list(ids)).items():
        said = {
            "client": one.deal.client.name,
            "before": show.number(one.before, 2),
            "after": show.number(one.after, 2),
        }
        found[pk] = Event(
            "discount",
            _("%(client)s: discount %(before)s → %(after)s %%") % said,
            one.deal.title,
            url=reverse("deals:deal", args=[one.deal_id]),
            note=one.author.short_name,
        )
    return found


def _rows(scope: Scope) -> Any:
    return scope.narrow(DiscountChange.objects.all(), day="day", author="author", client="deal__client")


KINDS = (Kind("discount", gettext_lazy("Discounts"), "day", _rows, _discounts),)
