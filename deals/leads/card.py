"""What a lead's page tells beside its fields: the score explained, the questionnaire, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _

from clients.models import Client, Question
from deals.leads import score
from deals.leads.models import Lead, LeadState
from staff.models import Employee

ICONS = {"call": "phone", "meeting": "users", "letter": "mail", "message": "message", "note": "note"}


def score_lines(lead: Lead) -> list[tuple[str, Decimal, Decimal, bool]]:
    """Return each criterion with its points, of how many, and whether anything is known (R169)."""
    return [
        (score.label(one["name"]), Decimal(one["points"]), Decimal(one["most"]), one["known"])
        for one in lead.score_parts
    ]


def asked_of(lead: Lead) -> list[Question]:
    """Return the questions asked of a lead: the common one, and those of its type (R161)."""
    of = Q(segment__isnull=True)
    if lead.segment_id:
        of |= Q(segment=lead.segment_id)
    return list(Question.objects.filter(of, is_active=True).order_by("segment_id", "order", "pk"))


def questions(lead: Lead) -> list[tuple[Question, str]]:
    """Return what is asked with what was answered."""
    told = dict(lead.answers.values_list("question", "text"))
    return [(one, told.get(one.pk, "")) for one in asked_of(lead)]


def sees_client(lead: Lead, person: Employee, today: date) -> bool:
    """Say whether the person sees the client the lead became."""
    return Client.objects.visible_to(person, today).filter(pk=lead.client_id or 0).exists()


@dataclass(frozen=True)
class Happened:
    """A line of the history: when, who, what."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    who: str = ""


def history(lead: Lead) -> list[Happened]:
    """Return enquiries, contacts and changes of state and responsible, the newest first: four questions."""
    found = [
        Happened(one.received_at, "mail", _("Enquiry: %s") % one.get_channel_display(), one.text,
                 one.received_by.short_name if one.received_by else "")
        for one in lead.enquiries.select_related("received_by")
    ]  # fmt: skip
    found += [
        Happened(one.at, ICONS[one.kind], str(one.get_kind_display()), one.text, one.author.short_name)
        for one in lead.touches.select_related("author")
    ]
    return sorted(found + _changes(lead), key=lambda one: one.at, reverse=True)


def _changes(lead: Lead) -> list[Happened]:
    """Return the changes of state and responsible, from the history the database keeps."""
    events = apps.get_model("deals", "LeadEvent").objects.filter(pgh_obj=lead.pk).order_by("pgh_id")
    rows = list(events.values("pgh_created_at", "state", "responsible_id", "pgh_context__metadata"))
    people = {pk for one in rows for pk in (one["responsible_id"], _user(one)) if pk}
    names = {one.pk: one.short_name for one in Employee.objects.filter(pk__in=people)}
    found = []
    for before, after in pairwise(rows):
        who = names.get(_user(after) or 0, "")
        if before["state"] != after["state"]:
            title = _("State: %s") % LeadState(after["state"]).label
            found.append(Happened(after["pgh_created_at"], "arrow-right", title, "", who))
        if before["responsible_id"] != after["responsible_id"]:
            title = _("Responsible: %s") % names.get(after["responsible_id"] or 0, "–")
            found.append(Happened(after["pgh_created_at"], "user-share", title, "", who))
    return found


def _user(row: dict[str, Any]) -> int | None:
    user = (row["pgh_context__metadata"] or {}).get("user")
    return int(user) if isinstance(user, int) else None
