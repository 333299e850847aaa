"""What the room writes into the log of changes: plans approved and corrected (R231, R381)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi.plans.models import PlanVersion
from salescrm.base import show
from salescrm.base.change_log import Scope
from salescrm.base.timeline import Event, Kind


def _plans(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in PlanVersion.objects.select_related("approved_by").in_bulk(list(ids)).items():
        said = {"number": one.number, "first": show.month(one.first_month), "last": show.month(one.last_month)}
        text = _("Plan %(number)s approved: %(first)s – %(last)s") % said
        who = one.approved_by.short_name if one.approved_by else ""
        found[pk] = Event("target", text, one.reason or one.comment, url=reverse("kpi:plan", args=[pk]), note=who)
    return found


def _rows(scope: Scope) -> Any:
    approved = PlanVersion.objects.filter(approved_at__isnull=False)
    return scope.narrow(approved, day="approved_at__date", author="approved_by")


KINDS = (Kind("plans", gettext_lazy("Plans"), "approved_at__date", _rows, _plans),)
