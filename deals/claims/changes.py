"""What was changed of a claim: terms met, the decision, files put in and taken off."""

from __future__ import annotations

from itertools import pairwise

from django.apps import apps
from django.utils.translation import gettext as _

from clients.panels import Change, Words
from deals.claims.models import Claim, ClaimCause, ClaimKind
from salescrm.base import show

FIELDS = ("kind_id", "happened", "wish", "answered_on", "cause_id", "decision", "cost", "decided_on", "confirmed_on")
NAMED = {"kind_id": ClaimKind, "cause_id": ClaimCause}


def changes_of(claim: Claim) -> list[Change]:
    """Compare each event of the claim with the one before it and add what came of its files; the newest first."""
    events = apps.get_model("deals", "ClaimEvent")._default_manager.filter(pgh_obj=claim)
    words, found = Words(), list[Change]()
    names = {name: {row.pk: str(row) for row in model._default_manager.all()} for name, model in NAMED.items()}
    for before, after in pairwise(events.select_related("pgh_context").order_by("pgh_id")):
        for name in FIELDS:
            old, new = getattr(before, name), getattr(after, name)
            if old != new:
                label = str(vars(Claim._meta.get_field(name.removesuffix("_id")))["verbose_name"])
                of = names.get(name)
                said = [of.get(value, show.NOTHING) if of else words.of(name, value) for value in (old, new)]
                found.append(Change(after.pgh_created_at, after.pgh_id, words.author(after), label, *said))
    for one in claim.files.select_related("file", "added_by", "removed_by"):
        label, name = _("File"), one.file.name
        found.append(Change(one.added_at, 0, one.added_by.short_name, label, show.NOTHING, name))
        if one.removed_at and one.removed_by:
            found.append(Change(one.removed_at, 0, one.removed_by.short_name, label, name, _("removed")))
    return sorted(found, key=lambda change: (change.at, change.number), reverse=True)
