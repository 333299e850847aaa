"""What the room writes into the log of changes: status, the TOP list, the rules behind both (R8, R66, R376, R381)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client
from salescrm.base import show
from salescrm.base.change_log import Scope
from salescrm.base.timeline import Event, Kind
from segmentation.models import RuleSet, StatusChange, TopMembership, TopOverride


def _card(client: Client) -> str:
    return reverse("clients:client-card", args=[client.pk])


def _statuses(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in StatusChange.objects.select_related("client").in_bulk(list(ids)).items():
        before = f"{one.get_before_display()} → " if one.before else ""
        said = {"client": one.client.name, "status": f"{before}{one.get_after_display()}"}
        last = _("last purchase %s") % show.day(one.last_purchase_on) if one.last_purchase_on else ""
        found[pk] = Event(
            "replace", _("%(client)s: status %(status)s") % said, last, url=_card(one.client), note=_("by rule")
        )
    return found


def _entries(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = TopMembership.objects.select_related("client").in_bulk(list(ids))
    return {
        pk: Event(
            "star",
            _("%s: entered the TOP list") % one.client.name,
            str(one.get_entered_reason_display()),
            url=_card(one.client),
            note=_("by rule"),
        )
        for pk, one in rows.items()
    }


def _exits(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = TopMembership.objects.select_related("client").in_bulk(list(ids))
    return {
        pk: Event(
            "star-off",
            _("%s: left the TOP list") % one.client.name,
            str(one.get_left_reason_display()),
            url=_card(one.client),
            note=_("by rule"),
        )
        for pk, one in rows.items()
    }


def _overrides(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in TopOverride.objects.select_related("client", "author").in_bulk(list(ids)).items():
        words = _("%(client)s: in the TOP list by hand until %(day)s")
        if not one.is_in:
            words = _("%(client)s: out of the TOP list by hand until %(day)s")
        text = words % {"client": one.client.name, "day": show.day(one.until)}
        found[pk] = Event("hand-stop", text, one.reason, url=_card(one.client), note=one.author.short_name)
    return found


def _rules(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in RuleSet.objects.select_related("author").in_bulk(list(ids)).items():
        text = _("Rules of the night in force from %s") % show.day_long(one.effective_from)
        url = reverse("segmentation:rules-one", args=[pk])
        author = one.author.short_name if one.author else ""
        found[pk] = Event("adjustments-horizontal", text, one.comment, url=url, note=author)
    return found


def _status_rows(scope: Scope) -> Any:
    return scope.narrow(StatusChange.objects.all(), day="as_of", client="client")


def _entry_rows(scope: Scope) -> Any:
    return scope.narrow(TopMembership.objects.all(), day="entered_on", client="client")


def _exit_rows(scope: Scope) -> Any:
    left = TopMembership.objects.filter(left_on__isnull=False)
    return scope.narrow(left, day="left_on", client="client")


def _override_rows(scope: Scope) -> Any:
    return scope.narrow(TopOverride.objects.all(), day="starts_on", author="author", client="client")


def _rule_rows(scope: Scope) -> Any:
    return scope.narrow(RuleSet.objects.all(), day="created_at__date", author="author")


KINDS = (
    Kind("status", gettext_lazy("Status"), "as_of", _status_rows, _statuses),
    Kind("top", gettext_lazy("TOP, entered"), "entered_on", _entry_rows, _entries),
    Kind("top-left", gettext_lazy("TOP, left"), "left_on", _exit_rows, _exits),
    Kind("top-by-hand", gettext_lazy("TOP by hand"), "starts_on", _override_rows, _overrides),
    Kind("rules", gettext_lazy("Rules"), "created_at__date", _rule_rows, _rules),
)
