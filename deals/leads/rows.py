"""Leads as lists, the card, the day and exports show them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from deals.leads.models import Lead, LeadState
from staff.models import Employee


@dataclass(frozen=True)
class Term:
    """What is due next of a lead: in words, on which day, and whether it is over."""

    words: str
    day: date
    left: int
    is_late: bool


@dataclass(frozen=True)
class LeadRow:
    """One lead at a moment, the day of its nearest task, and whether the person may act on it."""

    lead: Lead
    now: datetime
    next_on: date | None = None
    may_act: bool = False

    @property
    def today(self) -> date:
        """The day of the moment."""
        return timezone.localtime(self.now).date()

    @property
    def term(self) -> Term | None:
        """The term that runs: of the first contact, of the offer, else the nearest task; None for one that is over."""
        lead = self.lead
        if not lead.is_open:
            return None
        if lead.first_contacted_at is None:
            due = timezone.localtime(lead.first_contact_due_at)
            words = _("first contact by %s") % f"{due:%H:%M}"
            return self._term(words, due.date(), is_late=lead.first_contact_due_at < self.now)
        if lead.state == LeadState.QUALIFIED and lead.offer_due_on:
            return self._term(_("offer"), lead.offer_due_on, is_late=lead.offer_due_on < self.today)
        if self.next_on:
            return self._term(_("next step"), self.next_on, is_late=self.next_on < self.today)
        return None

    def _term(self, words: str, day: date, *, is_late: bool) -> Term:
        days = (day - self.today).days
        return Term(words, day, min(days, -1) if is_late else days, is_late)

    @property
    def is_free(self) -> bool:
        """Say whether it waits for somebody to be responsible."""
        return self.lead.is_open and self.lead.responsible_id is None


def hydrate(ids: Sequence[int], person: Employee, now: datetime) -> list[LeadRow]:
    """Read the leads of these ids, in this order."""
    today = timezone.localtime(now).date()
    related = ("responsible", "source", "segment", "branch", "client", "closed_by")
    found = Lead.objects.select_related(*related).in_bulk(list(ids))
    acts = set(Lead.objects.changeable_by(person, today).filter(pk__in=list(ids)).values_list("pk", flat=True))
    planned = Lead.objects.filter(pk__in=list(ids)).annotate(due=Min("tasks__due_on", filter=Q(tasks__state="open")))
    due = dict(planned.order_by().values_list("pk", "due"))
    return [LeadRow(found[one], now, due.get(one), one in acts) for one in ids if one in found]
