"""What keeps a silent client from being handed over, said in sentences: the conditions of the night's `find_due`."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from clients.models import Client, Ownership, OwnershipReason
from deals import orders
from salescrm.base import show
from segmentation import guards
from segmentation.models import ClientState, Exclusion, RuleSet
from segmentation.steps import Night

SILENT = ("zero", "lost")
BY_HAND = Q(
    reason__in=[
        OwnershipReason.MANUAL,
        OwnershipReason.SUBSTITUTION,
        OwnershipReason.DISMISSAL,
        OwnershipReason.LEVELLING,
    ]
)
GIVEN_FIRST = Q(reason=OwnershipReason.FIRST, author__isnull=False, starts_on__gt=F("client__owned_from"))


def reasons(client: Client, night: date) -> list[str]:
    """Return every reason that holds on a night, in the order a person can do something about."""
    state = ClientState.objects.filter(client=client).first()
    said = excluded(client, night)
    if state is None or state.status not in SILENT:
        return said
    rules = RuleSet.objects.in_force(night)
    return [
        *said,
        *_left_alone(client, state, night),
        *_separated(client, rules, night),
        *_order_in_work(client, state, rules, night),
        *_broken_feed(client, rules, night),
    ]


def excluded(client: Client, night: date) -> list[str]:
    """Name the exclusions that hold."""
    rows = Exclusion.objects.holding(night).filter(client=client).select_related("author").order_by("-starts_on")
    return [
        _("Kept out of hand-overs by %(author)s until %(until)s: %(reason)s")
        % {
            "author": row.author.short_name,
            "until": show.day_long(row.until) if row.until else _("the next purchase"),
            "reason": row.reason,
        }
        for row in rows
    ]


def _left_alone(client: Client, state: ClientState, night: date) -> list[str]:
    """Name the person who gave the silent client to its owner, and until when the night respects that."""
    held = Ownership.objects.filter(BY_HAND | GIVEN_FIRST, client=client, ends_on__isnull=True, night__isnull=True)
    row = held.select_related("owner", "author").first()
    if row is None or state.last_purchase_on is None or row.starts_on < state.last_purchase_on:
        return []
    until = row.left_alone_until
    if until is None:
        if state.zero_since is None or row.starts_on <= state.zero_since:
            return []
    elif until <= night:
        return []
    told = {
        "person": row.author.short_name if row.author else _("an import"),
        "owner": row.owner.short_name,
        "day": show.day_long(row.starts_on),
        "until": show.day_long(until) if until else _("the next purchase"),
    }
    return [_("Given to %(owner)s on %(day)s by %(person)s: nights leave it alone until %(until)s.") % told]


def _separated(client: Client, rules: RuleSet, night: date) -> list[str]:
    if client.separated_on is None:
        return []
    until = client.separated_on + timedelta(days=rules.separation_days)
    if until <= night:
        return []
    told = {"day": show.day_long(client.separated_on), "until": show.day_long(until)}
    return [_("Separated on %(day)s: nights leave it alone until %(until)s.") % told]


def _order_in_work(client: Client, state: ClientState, rules: RuleSet, night: date) -> list[str]:
    due = state.hand_over_on
    if due is None or client.pk not in orders.in_work(night):
        return []
    until = due + timedelta(days=rules.order_in_work_days)
    if until <= night:
        return []
    return [_("It has an order in work, which holds the hand-over until %s at most.") % show.day_long(until)]


def _broken_feed(client: Client, rules: RuleSet, night: date) -> list[str]:
    """Name the sources of the client's documents that have delivered nothing lately."""
    broken = {feed.source_id: feed for feed in guards.broken_feeds(Night(night, rules, None))}
    if not broken:
        return []
    entities = client.legal_entities.filter(shipments__day__lte=night, shipments__source__in=list(broken))
    found = entities.order_by("shipments__source").values_list("shipments__source", flat=True).distinct()
    return [
        _("No documents from %(source)s since %(day)s: its clients are left alone.")
        % {"source": broken[source].name, "day": show.day_long(broken[source].newest)}
        for source in found
    ]
