"""The deals of a stage or a pipeline that was switched off go to a chosen stage, as sets; and back (R131, R146)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deals.dealing import following, stages, tasks
from deals.dealing.models import Deal
from deals.pipelines.models import Pipeline, Stage
from salescrm.base.jobs import Progress
from salescrm.base.undo import Undo
from staff.models import Employee

KIND = "stage-off"
UNDO = Undo("deals:pipeline-undo")
BIT = 500  # deals moved in one transaction

Kept = dict[int, tuple[int, int]]  # by deal: the stage it stood in, its version after the move


def move(
    progress: Progress, *, pipeline: int, stage: int | None, to: int, today: date, now: datetime, by: Employee
) -> dict[str, Any]:
    """Move the open deals that stand there; started twice it moves what is left. Return how many, and the undo."""
    target = Stage.objects.get(pk=to)
    of = Deal.objects.open().filter(**({"stage": stage} if stage else {"pipeline": pipeline}))
    kept: Kept = {}
    while rows := list(of.exclude(stage=to).order_by("client", "pk").values_list("client", "pk")[:BIT]):
        with transaction.atomic():
            following.hold_clients(client for client, _pk in rows)
            kept |= _bring({pk: target for _client, pk in rows}, of, by, today, now)
        progress.tell(len(kept))
    undo = UNDO.keep(by.pk, deals=kept, pipeline=pipeline, stage=stage) if kept else ""
    return {"moved": len(kept), "undo": undo}


def _bring(to: Mapping[int, Stage], of: Any, by: Employee, today: date, now: datetime) -> Kept:
    """Let the deals that still stand there come to their stages; their clients are locked."""
    held = list(of.filter(pk__in=tasks.lock(to)).select_related("stage", "pipeline").order_by("pk"))
    before = {deal.pk: deal.stage_id for deal in held}
    said = {deal.pk: _("The stage “%(stage)s” is switched off.") % {"stage": deal.stage} for deal in held}
    stages.enter(held, to, by=by.pk, now=now, today=today, comments=said)
    following.open_next(list(before), today=today, now=now)
    return {deal.pk: (before[deal.pk], deal.version) for deal in held}


@transaction.atomic
def take_back(kept: Mapping[str, Any], *, by: Employee, today: date, now: datetime) -> tuple[int, int]:
    """Offer what was switched off again and bring back the deals nobody has touched since; return moved and left."""
    pipeline = Pipeline.objects.select_for_update(no_key=True).get(pk=kept["pipeline"])
    known: Kept = kept["deals"]
    clients = Deal.objects.filter(pk__in=known).values_list("client", flat=True)
    following.hold_clients(clients)
    found = Deal.objects.open().filter(pk__in=tasks.lock(known), followed_by=None).select_related("stage", "pipeline")
    untouched = [deal for deal in found.order_by("pk") if deal.version == known[deal.pk][1]]
    if kept["stage"]:
        Stage.objects.filter(pk=kept["stage"]).update(is_active=True)
    else:
        pipeline.is_active = True
    pipeline.version += 1
    pipeline.save(update_fields=["is_active", "version"])
    back = Stage.objects.in_bulk({known[deal.pk][0] for deal in untouched})
    to = {deal.pk: back[known[deal.pk][0]] for deal in untouched}
    stages.enter(untouched, to, by=by.pk, now=now, today=today, is_undo=True)
    return len(untouched), len(known) - len(untouched)
