"""Which cases stood undecided when a night was over, read from the cases as they are now."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import DateField, F, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from segmentation.models import CaseState, ZeroCase

ASKED = Q(state__in=[CaseState.PROPOSED, CaseState.REFUSED]) | Q(approved=True) | ~Q(approval="")
ELSEWHERE = Q(state__in=[CaseState.ORDER_IN_WORK, CaseState.HEAD_LIST]) | ~Q(head_list="")


def marked() -> QuerySet[ZeroCase]:
    """Return all cases with what the conditions below read; `proposed_on`: the night that proposed it."""
    proposed_on = Cast(KeyTextTransform("proposed_on", "why"), DateField())
    return ZeroCase.objects.annotate(
        approval=Coalesce(KeyTextTransform("approval", "why"), Value(""), output_field=TextField()),
        head_list=Coalesce(KeyTextTransform("head_list", "why"), Value(""), output_field=TextField()),
        proposed_on=Coalesce(proposed_on, F("opened_on")),
    )


def _undecided(night: date) -> Q:
    not_closed = Q(closed_on__isnull=True) | Q(closed_on__gt=night)
    not_handed = Q(handed_on__isnull=True) | Q(handed_on__gt=night + timedelta(days=1))
    return Q(opened_on__lte=night) & not_closed & not_handed


def proposed(night: date) -> Q:
    """Keep what waited for approval when the night was over, whatever became of it."""
    return _undecided(night) & ASKED & Q(proposed_on__lte=night)


def waiting(night: date) -> Q:
    """Keep what waited for a place when the night was over."""
    return _undecided(night) & (~ASKED | Q(proposed_on__gt=night)) & ~ELSEWHERE
