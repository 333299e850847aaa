"""What the room says of a client's past: deals that were closed, tasks that were done or cancelled, claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.claims.models import Claim
from deals.dealing.models import Deal
from deals.models import Task, TaskState
from deals.pipelines.models import StageKind
from salescrm.base import show
from salescrm.base.timeline import Event, Kind


def _tasks(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = Task.objects.select_related("closed_by").in_bulk(list(ids))
    return {pk: _task(one) for pk, one in rows.items()}


def _task(task: Task) -> Event:
    is_done = task.state == TaskState.DONE
    text = (_("Task done: %s") if is_done else _("Task cancelled: %s")) % task.title
    who = task.closed_by.short_name if task.closed_by else ""
    at = f"{timezone.localtime(task.closed_at):%H:%M}" if task.closed_at else ""
    url = reverse("deals:task-card", args=[task.pk])
    return Event("check" if is_done else "x", text, task.result, at, note=who, url=url, is_dialog=True)


def _deals(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = Deal.objects.select_related("owner", "loss_reason", "pipeline").in_bulk(list(ids))
    return {pk: _deal(one) for pk, one in rows.items()}


def _deal(deal: Deal) -> Event:
    is_won = deal.state == StageKind.WON
    text = (_("Deal won: %s") if is_won else _("Deal lost: %s")) % deal.title
    said = show.money(deal.amount) if is_won else str(deal.loss_reason or "")
    url = reverse("deals:deal", args=[deal.pk])
    return Event("trophy" if is_won else "x", text, said, note=deal.owner.short_name, url=url)


def _claims(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = Claim.objects.select_related("kind", "decided_by", "deal__owner").in_bulk(list(ids))
    return {pk: _claim(one) for pk, one in rows.items()}


def _claim(claim: Claim) -> Event:
    said = claim.happened
    if claim.decided_on:
        said = _("%(what)s → %(decision)s") % {"what": claim.happened, "decision": claim.decision}
    url = reverse("deals:deal", args=[claim.deal_id])
    return Event("alert-triangle", _("Claim: %s") % claim.kind, said, note=claim.deal.owner.short_name, url=url)


KINDS = (
    Kind(
        "deals",
        gettext_lazy("Deals"),
        "closed_on",
        lambda client: Deal.objects.filter(client=client).exclude(state=StageKind.OPEN),
        _deals,
        lambda words: Q(title__icontains=words),
    ),
    Kind(
        "tasks",
        gettext_lazy("Tasks"),
        "closed_at__date",
        lambda client: Task.objects.filter(client=client).exclude(state=TaskState.OPEN),
        _tasks,
        lambda words: Q(title__icontains=words) | Q(result__icontains=words),
    ),
    Kind(
        "claims",
        gettext_lazy("Claims"),
        "deal__opened_on",
        lambda client: Claim.objects.filter(deal__client=client),
        _claims,
        lambda words: Q(happened__icontains=words) | Q(decision__icontains=words),
    ),
)
