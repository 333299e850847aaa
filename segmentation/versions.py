"""Versions of rules: append-only, each in force from a day no night has used; a new one begins as a copy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from salescrm.base.jobs import Refused
from salescrm.base.models import StepRun, StepState
from segmentation import figures
from segmentation.contact_norm import ContactNorm
from segmentation.models import RuleSet
from segmentation.priorities.models import PriorityRules
from staff.handbook import actions as handbook
from staff.handbook.models import Setup
from staff.models import Employee

Version = TypeVar("Version", RuleSet, ContactNorm, PriorityRules)
SETUPS = {"ruleset": Setup.RULES, "contactnorm": Setup.CONTACT_NORM}  # which the sales book's texts rest on


def begin(latest: Version, today: date) -> tuple[Version, date]:
    """Make a version the draft of the next one; return it and the earliest day that one can be in force from."""
    last = figures.last_night()
    earliest = last + timedelta(days=1) if last else date.min
    latest.pk, latest.comment, latest.author = None, "", None
    latest._state.adding = True
    latest.effective_from = max(today, earliest)
    return latest, earliest


@transaction.atomic
def save(version: Version, *, author: Employee, taken: str) -> Version:
    """Save a new version; it is in force from a day after the last done night on.

    Raises Refused when a night has used the rules of that day, or, in the words of `taken`, another begins on it.
    """
    done = StepRun.objects.filter(state__in=[StepState.DONE, StepState.SKIPPED])
    newest = done.order_by("-as_of").values_list("as_of", flat=True).first()
    if newest is not None and version.effective_from <= newest:
        raise Refused(_("A night has already used the rules of that day: %(day)s.") % {"day": newest})
    if type(version)._default_manager.filter(effective_from=version.effective_from).exists():
        raise Refused(taken)
    version.pk, version.author = None, author
    version._state.adding = True
    version.save()
    if setup := SETUPS.get(str(version._meta.model_name)):
        handbook.settings_changed(setup)
    return version
