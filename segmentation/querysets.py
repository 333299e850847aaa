"""Named sets of rule sets, classes, TOP memberships and zero cases."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

if TYPE_CHECKING:
    from clients.models import Client
    from segmentation.models import Classification, Exclusion, LossAnswer, RuleSet, TopMembership, ZeroCase
else:
    Classification = Exclusion = LossAnswer = RuleSet = TopMembership = ZeroCase = Any

OPEN = ["waiting", "order_in_work", "head_list", "proposed", "handed_over"]  # states of a case that is not closed
MONEY = models.DecimalField(max_digits=24, decimal_places=4)  # of sums


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    """Versions of the rules."""

    def in_force(self, as_of: date) -> RuleSet:
        """Return the rule set of the night `as_of`; raise RuleSet.DoesNotExist before the first one."""
        return self.filter(effective_from__lte=as_of).latest("effective_from")


class ClassificationQuerySet(models.QuerySet["Classification"]):
    """Classes over time."""

    def at(self, as_of: date) -> ClassificationQuerySet:
        """Keep the rows that held in the night `as_of`."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=as_of), since__lte=as_of)


class TopMembershipQuerySet(models.QuerySet["TopMembership"]):
    """The TOP list over time."""

    def at(self, as_of: date) -> TopMembershipQuerySet:
        """Keep the members of the night `as_of`."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=as_of), entered_on__lte=as_of)


class ZeroCaseQuerySet(models.QuerySet["ZeroCase"]):
    """Zero cases."""

    def open(self) -> ZeroCaseQuerySet:
        """Keep cases that are not closed: due, proposed or handed over."""
        return self.filter(state__in=OPEN)

    def undecided(self) -> ZeroCaseQuerySet:
        """Keep open cases of clients that are still where they were."""
        return self.open().exclude(state="handed_over")

    def to_decide(self) -> ZeroCaseQuerySet:
        """Keep proposals that wait for approval."""
        return self.filter(state="proposed")

    def in_recovery(self) -> ZeroCaseQuerySet:
        """Keep clients that are with a development manager now."""
        return self.filter(state="handed_over")


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    """Clients kept out of hand-overs."""

    def holding(self, on: date) -> ExclusionQuerySet:
        """Keep those that hold on a day: until their date or the next purchase, whichever is first.

        The one condition of what nights obey and what people are shown.
        """
        by_date = Q(until__isnull=True) | Q(until__gt=on)
        bought = F("client__state__last_purchase_on")
        unbought = Q(last_purchase_on__gte=bought) | Q(last_purchase_on__isnull=True, starts_on__gte=bought)
        never = Q(client__state__last_purchase_on__isnull=True)
        return self.filter(by_date, unbought | never, starts_on__lte=on)

    def ids_holding(self, on: date) -> list[int]:
        """Return the ids of the clients kept out on a day."""
        return list(self.holding(on).order_by("client").values_list("client", flat=True).distinct())


class LossAnswerQuerySet(models.QuerySet["LossAnswer"]):
    """Answers to "why is it silent?"."""

    def find_latest(self, client: Client, since: date) -> LossAnswer | None:
        """Find the latest answer to the client's silence since this day."""
        return self.filter(client=client, silent_since=since).order_by("-pk").first()

    def latest_of(self, client: str, since: str) -> LossAnswerQuerySet:
        """Return, for a subquery, the latest answer to the silence since the outer row's day `since`."""
        return self.filter(client=OuterRef(client), silent_since=OuterRef(since)).order_by("-pk")[:1]

    def holding(self) -> LossAnswerQuerySet:
        """Keep the one answer per client that holds now: the latest to the silence that still lasts."""
        later = self.model._default_manager.filter(
            client=OuterRef("client"), silent_since=OuterRef("silent_since"), pk__gt=OuterRef("pk")
        )
        return self.filter(silent_since=F("client__standing__last_purchase_on")).exclude(Exists(later))
