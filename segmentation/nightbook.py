"""Read side of the journal: nights and their steps as people read them, and the work that runs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client, Ownership
from salescrm.base import show
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec
from salescrm.base.models import Job, JobState, StepRun, StepState
from segmentation import filters, narrowed

KIND = "night"
STEPS = (
    "turnover",
    "classes",
    "top",
    "life_cycle",
    "returns",
    "hand_over",
    "contacts",
    "priorities",
    "results",
    "journal",
)
LINKS = {
    "classes": ("classes",),
    "top": ("top_entered", "top_left"),
    "life_cycle": ("zero", "lost", "archived", "active"),
    "returns": ("returned",),
    "hand_over": ("handed_over", "proposed", "waiting", "withdrawn"),
}


@dataclass
class Step:
    """One line of a night's table."""

    name: str
    title: str
    state: str = ""
    state_word: str = ""
    looked: int | None = None
    changed: int | None = None
    would: int | None = None
    seconds: float | None = None
    links: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""


@dataclass
class Night:
    """A night with its steps and the figures of its journal."""

    as_of: date
    steps: list[Step] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0
    state: str = ""
    guards: list[str] = field(default_factory=list)
    trial: Job | None = None


def titles() -> dict[str, str]:
    """Return the steps' names."""
    return {
        "turnover": _("Turnover by month"),
        "classes": _("Classes"),
        "top": _("TOP list"),
        "life_cycle": _("Life cycle"),
        "returns": _("Returns"),
        "hand_over": _("Hand-over"),
        "contacts": _("Contact norm"),
        "priorities": _("Priorities"),
        "results": _("Results of the month"),
        "journal": _("Journal"),
    }


def listed() -> QuerySet[StepRun]:
    """Return one row of the ledger for each night that has any: its first."""
    earlier = StepRun.objects.filter(as_of=OuterRef("as_of"), pk__lt=OuterRef("pk"))
    return StepRun.objects.filter(~Exists(earlier))


def read(days: Sequence[date], only: QuerySet[Client] | None = None) -> list[Night]:
    """Return these nights, in this order, in a few queries whatever their number; `only`: figures of these clients."""
    by_day: dict[date, list[StepRun]] = {day: [] for day in days}
    for run in StepRun.objects.filter(as_of__in=days).order_by("pk"):
        by_day[run.as_of].append(run)
    nights = [_night(day, by_day[day]) for day in days]
    if only is not None:
        _narrow(nights, only)
    return nights


def _narrow(nights: list[Night], clients: QuerySet[Client]) -> None:
    """Put the clients' figures in the place of the company's, and leave out what is known of the company only."""
    done = [night.as_of for night in nights if night.figures and night.state != "trial"]
    found = narrowed.figures(done, clients) if done else {}
    for night in nights:
        own = found.get(night.as_of)
        kept = {name: night.figures[name] for name in ("rule_set", "empty_months") if name in night.figures}
        night.figures = kept | own | {"top": own["top"] | {"review": night.figures["top"]["review"]}} if own else {}
        for step in night.steps:
            step.looked = step.changed = step.would = None
            if step.name == "hand_over" and step.state == "waits" and not _zero(night.figures).get("awaiting_approval"):
                step.state = str(StepState.DONE)


NIGHTS = ListSpec("nights", (), (Sort("night", "as_of"),), "-night", others=("job",), size=30)


def one(as_of: date, clients: QuerySet[Client], *, is_whole: bool = True) -> Night:
    """Return a night with the newest dry run of that day and the links to those of the clients it touched.

    Unless the person sees the whole company (`is_whole`), its figures are of the clients too.
    """
    found = _night(as_of, list(StepRun.objects.filter(as_of=as_of).order_by("pk")))
    found.trial = (
        Job.objects.filter(kind=KIND, state=JobState.DONE, arguments__dry_run=True, result__as_of=as_of.isoformat())
        .order_by("-pk")
        .first()
    )
    _add_trial(found)
    if not is_whole:
        _narrow([found], clients)
    counts = _night_counts(as_of, clients)
    for step in found.steps:
        step.links = _links(step.name, as_of, counts)
    return found


def _night(as_of: date, runs: list[StepRun]) -> Night:
    newest = {run.step: run for run in runs}
    found = Night(as_of, steps=[_step(newest[name]) for name in STEPS if name in newest])
    found.seconds = sum(run.seconds for run in newest.values())
    book = newest.get("journal")
    if any(run.state == StepState.FAILED for run in newest.values()):
        found.state = "failed"
    else:
        found.state = "done" if book else "open"
    found.figures = _figures(book.detail) if book else {}
    found.guards = guard_words(found.figures.get("guards") or [])
    for step in found.steps:
        step.looked = _looked(step.name, found.figures)
        if step.name == "hand_over" and _zero(found.figures).get("awaiting_approval") and step.state == StepState.DONE:
            step.state = "waits"
    return found


def _figures(detail: dict[str, Any]) -> dict[str, Any]:
    """Return the journal's figures with an empty place for each that an older or broken row does not have."""
    zero = dict.fromkeys(("flagged", "handed_over", "returned", "corrections", "awaiting_approval", "waiting"))
    top = dict.fromkeys(("clients", "entered", "left", "review"))
    found = dict(detail)
    found["zero"] = zero | dict(detail.get("zero") or {})
    found["zero"]["by_rule"] = dict.fromkeys(("top", "new", "other")) | dict(found["zero"].get("by_rule") or {})
    found["top"] = top | dict(detail.get("top") or {})
    return found


def _zero(figures: dict[str, Any]) -> dict[str, Any]:
    zero = figures.get("zero")
    return zero if isinstance(zero, dict) else {}


def _looked(step: str, figures: dict[str, Any]) -> int | None:
    """Return how many clients a step had before it, as far as the journal says."""
    zero = _zero(figures)
    cells = figures.get("matrix")
    if step in ("classes", "top") and isinstance(cells, dict):
        return sum(int(cell["clients"]) for cell in cells.values())
    if step == "life_cycle" and isinstance(figures.get("clients"), dict):
        return sum(int(number) for number in figures["clients"].values())
    if step == "hand_over" and zero:
        return sum(int(zero.get(name) or 0) for name in ("handed_over", "awaiting_approval", "waiting"))
    return None


def _step(run: StepRun) -> Step:
    detail = run.detail if isinstance(run.detail, dict) else {}
    return Step(
        name=run.step,
        title=titles().get(run.step, run.step),
        state=run.state,
        state_word=str(StepState(run.state).label),
        changed=run.rows,
        seconds=run.seconds,
        error=str(detail.get("error", "")),
    )


def _add_trial(night: Night) -> None:
    """Put what the dry run would do beside what the steps did; a night only tried has only that."""
    result = night.trial.result if night.trial else None
    if not isinstance(result, dict):
        return
    would = {one.get("name"): one for one in result.get("steps", [])}
    if not night.steps:
        night.steps = [
            Step(name, titles()[name], state="trial", state_word=_("on trial")) for name in STEPS if name in would
        ]
        night.figures, night.state = _figures(result), "trial"
        night.guards = guard_words(result.get("guards", []))
    for step in night.steps:
        if step.name in would:
            step.would = would[step.name].get("rows")


def guard_words(guards: list[Any]) -> list[str]:
    """Return the guards that spoke, in words; a feed's guard names the source."""
    words = {
        "feed": _("Feed: the newest orders of %s are too old, its clients are left alone"),
        "month_end": _("Month end: the night of %s was missed, its hand-overs wait for the next month's end"),
        "size": _("Size: too many at once, the list waits for approval"),
        "backlog": _("Backlog: the list waits for approval"),
    }
    found = []
    for guard in guards:
        name, _colon, source = str(guard).partition(":")
        found.append(words.get(name, name).replace("%s", source))
    return found


def _night_counts(as_of: date, clients: QuerySet[Client]) -> dict[str, int]:
    """Count the clients of each link: exactly those the person finds behind it."""
    asked = {name: Count("pk", filter=Q(pk__in=filters.NIGHT[name](as_of))) for name in sorted(_LINKED)}
    return clients.aggregate(**asked)


_LINKED = {name for names in LINKS.values() for name in names}


def _links(step: str, as_of: date, counts: dict[str, int]) -> list[tuple[str, str]]:
    words = filters.night_words()
    return [
        (f"{words[name]}: {show.number(counts[name])}", filters.link("night", f"{as_of}:{name}"))
        for name in LINKS.get(step, ())
        if counts[name]
    ]


def moved(as_of: date, clients: QuerySet[Client]) -> dict[str, int]:
    """Return how many clients of the person have an owner from that night: handed over, given back."""
    found = Ownership.objects.filter(night=as_of, client__in=clients.values("pk")).aggregate(
        all=Count("pk"), handed=Count("pk", filter=Q(reason="zero")), last=Count("pk", filter=Q(ends_on__isnull=True))
    )
    return {
        "all": found["all"],
        "handed": found["handed"],
        "returned": found["all"] - found["handed"],
        "last": found["last"],
    }


def missing(until: date) -> dict[str, Any]:
    """Return which days a run up to `until` would walk through; from the last night done."""
    last = (
        StepRun.objects.filter(step="journal")
        .exclude(state=StepState.FAILED)
        .order_by("-as_of")
        .values_list("as_of", flat=True)
        .first()
    )
    first = last + timedelta(days=1) if last else until
    return {"last": last, "first": first, "until": until, "days": max((until - first).days + 1, 0)}


def running_job() -> Job | None:
    """Return the run that waits or is at work, None when there is none."""
    return Job.objects.filter(kind=KIND, state__in=[JobState.WAITING, JobState.RUNNING]).order_by("pk").first()


def said_of(job: Job, *, is_whole: bool = True) -> dict[str, Any]:
    """Return title, result in words (for who sees the whole company) and link of a run for components/progress.html."""
    dry = bool(job.arguments.get("dry_run"))
    day = day_of(job)
    result: dict[str, Any] = job.result if isinstance(job.result, dict) else {}
    zero = result.get("zero", {})
    handed = zero.get("handed_over", 0)
    text = ngettext("%(n)s client handed over", "%(n)s clients handed over", handed) % {"n": show.number(handed)}
    if dry:
        text = ngettext("%(n)s client would be handed over", "%(n)s clients would be handed over", handed) % {
            "n": show.number(handed)
        }
    waiting = zero.get("awaiting_approval", 0)
    if waiting:
        text += ", " + ngettext("%(n)s waits for approval", "%(n)s wait for approval", waiting) % {
            "n": show.number(waiting)
        }
    title = _("Dry run of %s") if dry else _("Run of the night of %s")
    return {
        "title": title % (show.day_long(day) if day else ""),
        "poll_url": reverse("segmentation:nights-job", args=[job.pk]),
        "stage": titles().get(job.stage, job.stage),
        "result_text": text if result and is_whole else "",
        "result_url": reverse("segmentation:nights-one", args=[day.isoformat()]) if result and day else "",
        "result_label": _("Open the night"),
    }


def day_of(job: Job) -> date | None:
    """Return the day a run was asked for."""
    try:
        return date.fromisoformat(str(job.arguments.get("as_of", "")))
    except ValueError:
        return None
