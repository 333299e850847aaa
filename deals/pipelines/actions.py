"""What people change in pipelines: the only writer of pipelines and stages besides the reference rows (R130, R131).

Whoever changes one holds the row of the pipeline; who saw an older version of it is told and changes nothing. Every
change leaves a row of the log. Deals of what is switched off are brought to a chosen stage by `deals.pipelines.moving`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from deals.dealing.models import Deal
from deals.pipelines.models import Pipeline, PipelineChange, Stage
from deals.pipelines.moving import KIND
from salescrm.base import jobs
from salescrm.base.jobs import Refused
from salescrm.base.models import Job
from staff.handbook import actions as handbook
from staff.handbook.models import Setup
from staff.models import Employee

__all__ = ["Refused", "add_stage", "copy", "place", "save", "switch_off", "switch_on"]
STEP = 10  # between the places of stages
Said = list[tuple[str, str, str]]  # field, what it was, what it became


@transaction.atomic
def save(
    pipeline: Pipeline, *, stage: Stage | None, write: Callable[[], object], what: Said, seen: int, by: Employee,
    now: datetime,
) -> None:  # fmt: skip
    """Let `write` store a change of a pipeline or a stage of it, and note what changed; nothing changed: nothing."""
    if what:
        _hold(pipeline, seen)
        write()
        _note(pipeline, stage, what, by, now)


@transaction.atomic
def add_stage(pipeline: Pipeline, *, seen: int, by: Employee, now: datetime, **fields: Any) -> Stage:
    """Add a stage, last of those deals are worked in."""
    _hold(pipeline, seen)
    last = pipeline.stages.open().aggregate(last=Max("order"))["last"] or 0
    made = Stage.objects.create(pipeline=pipeline, order=last + STEP, code=_code(pipeline.code, 80), **fields)
    _number(pipeline)
    _note(pipeline, made, [(_("stage"), "", str(made))], by, now)
    return made


@transaction.atomic
def place(pipeline: Pipeline, *, order: Sequence[int], seen: int, by: Employee, now: datetime) -> None:
    """Put the stages deals are worked in into an order; `order`: their numbers, each once."""
    _hold(pipeline, seen)
    known = {stage.pk: stage for stage in pipeline.stages.open().filter(is_active=True)}
    if sorted(order) != sorted(known):
        raise Refused(_("These are not the stages of the pipeline."))
    before = sorted(known.values(), key=lambda stage: (stage.order, stage.pk))
    after = [known[pk] for pk in order]
    if before != after:
        off = list(pipeline.stages.open().filter(is_active=False).order_by("order", "pk"))
        _write_order([*after, *off])
        _number(pipeline)
        _note(pipeline, None, [(_("order of stages"), _joined(before), _joined(after))], by, now)


@transaction.atomic
def switch_off(
    pipeline: Pipeline, *, stage: Stage | None, to: Stage | None, seen: int, by: Employee, now: datetime
) -> Job | None:
    """Switch a stage, or without one the pipeline, off; its open deals go to a stage by a job, which is returned.

    Refused: it has open deals and no stage is chosen, the last stage, the stage the next deal waits for.
    """
    _hold(pipeline, seen)
    deals = Deal.objects.open().filter(**({"stage": stage.pk} if stage else {"pipeline": pipeline.pk}))
    count = deals.count()
    if count and to is None:
        raise Refused(_("Choose where its deals go."))
    if stage:
        _refuse_needed(pipeline, stage)
    switched: Any = stage or pipeline
    switched.is_active = False
    switched.save(update_fields=["is_active"])
    into = _(", its deals went to “%(stage)s”") % {"stage": to} if count else ""
    _note(pipeline, stage, [(_("is offered"), _("yes"), _("no") + into)], by, now)
    if not count or to is None:
        return None
    told = {"pipeline": pipeline.pk, "stage": stage.pk if stage else None, "to": to.pk}
    return jobs.start(KIND, by=by, total=count, **told)


@transaction.atomic
def switch_on(pipeline: Pipeline, *, stage: Stage | None, seen: int, by: Employee, now: datetime) -> None:
    """Offer a stage, or the pipeline, again."""
    _hold(pipeline, seen)
    switched: Any = stage or pipeline
    switched.is_active = True
    switched.save(update_fields=["is_active"])
    _note(pipeline, stage, [(_("is offered"), _("no"), _("yes"))], by, now)


@transaction.atomic
def copy(pipeline: Pipeline, *, name: str, name_en: str, purpose: str, by: Employee, now: datetime) -> Pipeline:
    """Make a pipeline after another one: its stages, what they ask for, say and lead to; no deal is touched."""
    stages = list(pipeline.stages.all())
    last = Pipeline.objects.aggregate(last=Max("order"))["last"] or 0
    code = _code("pipeline", 60)
    taken = ("about", "grouping", "sets_tasks", "asks_task", "escalates_after")
    made = Pipeline.objects.create(
        code=code, name=name, name_en=name_en, purpose=purpose, order=last + STEP,
        **{field: getattr(pipeline, field) for field in taken},
    )  # fmt: skip
    made.segments.set(pipeline.segments.all())
    made.loss_reasons.set(pipeline.loss_reasons.all())
    twins = {stage.pk: _twin(stage, pipeline=made, code=_code(code, 80)) for stage in stages}
    for stage in stages:
        twin = twins[stage.pk]
        twin.next_stages.set([twins[pk] for pk in stage.next_stages.values_list("pk", flat=True) if pk in twins])
        for line in [*stage.results.all(), *stage.items.all()]:
            _twin(line, stage=twin, code=_code(twin.code, 100))
        for script in stage.scripts.all():
            _twin(script, stage=twin)
    _note(made, None, [(_("pipeline"), "", _("made after “%(name)s”") % {"name": pipeline})], by, now)
    return made


def _twin(row: Any, **fields: Any) -> Any:
    twin = type(row)(
        **{one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if one.attname != "id"}
    )
    for name, value in fields.items():
        setattr(twin, name, value)
    twin.save(force_insert=True)
    return twin


def code_for(stage: Stage) -> str:
    """Return a code for a new result or line of a checklist."""
    return _code(stage.code, 100)


def _code(after: str, longest: int) -> str:
    return f"{after[: longest - 9]}-{uuid4().hex[:8]}"


def _hold(pipeline: Pipeline, seen: int) -> None:
    held = Pipeline.objects.select_for_update(no_key=True).get(pk=pipeline.pk)
    if held.version != seen:
        last = PipelineChange.objects.filter(pipeline=pipeline.pk).select_related("by").first()
        who = last.by.short_name if last else _("Somebody")
        raise Refused(_("%(who)s has changed the pipeline meanwhile. Nothing was saved.") % {"who": who})
    pipeline.version = seen + 1
    Pipeline.objects.filter(pk=pipeline.pk).update(version=seen + 1)


def _note(pipeline: Pipeline, stage: Stage | None, what: Said, by: Employee, now: datetime) -> None:
    PipelineChange.objects.create(pipeline=pipeline, stage=stage, by=by, at=now, what=what)
    handbook.settings_changed(Setup.PIPELINES)


def _refuse_needed(pipeline: Pipeline, stage: Stage) -> None:
    if not stage.is_open:
        raise Refused(_("Deals end in this stage; it is not switched off."))
    if not pipeline.stages.open().filter(is_active=True).exclude(pk=stage.pk).exists():
        raise Refused(_("A pipeline has a stage deals are worked in."))
    if pipeline.next_after_id == stage.pk:
        raise Refused(_("The next deal is opened after this stage: choose another one for that first."))


def _number(pipeline: Pipeline) -> None:
    """Give closing stages places behind all others."""
    last = pipeline.stages.open().aggregate(last=Max("order"))["last"] or 0
    closing = list(pipeline.stages.exclude(kind="open").order_by("order", "pk"))
    if closing and closing[0].order <= last:
        _write_order(closing, last)


def _write_order(stages: Sequence[Stage], after: int = 0) -> None:
    for place_, stage in enumerate(stages, 1):
        stage.order = after + place_ * STEP
    Stage.objects.bulk_update(stages, ["order"])


def _joined(stages: Sequence[Stage]) -> str:
    return ", ".join(str(stage) for stage in stages)
