"""Claims on My day: those with a term that is not met, of whom the person answers for (R192)."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, F, Value, When
from django.db.models.functions import Least
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.claims.models import Claim
from salescrm.base import show
from salescrm.base.day import Block, DayRow, first
from staff.models import Employee

SIZE = 12


def block(person: Employee, today: date) -> Block:
    """Return the claims with an unmet term, the nearest term first."""
    answer = Case(When(answered_on=None, then=F("answer_due_on")), default=Value(None))
    decision = Case(When(decided_on=None, then=F("decision_due_on")), default=Value(None))
    mine = Claim.objects.of_day(person, today).annotate(term=Least(answer, decision)).order_by("term", "pk")
    found, count = first(mine.select_related("deal__client", "deal__owner"), SIZE)
    words = ngettext("%(n)s claim", "%(n)s claims", count) % {"n": show.number(count)}
    return Block(
        "claims",
        _("Claims waiting for an answer or a decision"),
        [_row(one, person, today) for one in found],
        count,
        note=words,
        icon="alert-triangle",
        tone="bad" if any(one.late_since(today) for one in found) else "warn",
        pill=words if count else "",
        url=f"{reverse('deals:claim-list')}?tab=mine",
        url_label=_("All claims"),
    )


def _row(claim: Claim, person: Employee, today: date) -> DayRow:
    which, due = min(claim.waiting(), key=lambda term: term[1])
    asked = _("answer: %s") if which == "answer" else _("decision: %s")
    instead = "" if claim.deal.owner_id == person.pk else _("for %s") % claim.deal.owner.short_name
    why = ", ".join(part for part in (instead, asked % claim.deal.title) if part)
    return DayRow(claim.deal.client.name, reverse("deals:deal", args=[claim.deal_id]), left=(due - today).days, why=why)
