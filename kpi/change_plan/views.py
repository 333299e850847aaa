"""Screens of the plan of changes: steps by blocks, one step, the yearly review with its questions (R377, R379)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kpi.change_plan import actions
from kpi.change_plan.forms import AnswerForm, ConclusionForm, StepForm
from kpi.change_plan.models import OPEN, Block, ChangeStep, Review, ReviewAnswer, ReviewQuestion, StepState, Verdict
from kpi.plans.views.shared import dialog, refused
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.requests import posted
from staff.access import Act, login_of, may, require

BAR = 60  # px, the width of a block's progress


def page(_made: Any = None) -> str:
    """Return the address of the plan of changes."""
    return reverse("kpi:change-plan")


@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """Show the steps by blocks, with how far each block has come; the tabs narrow the steps, not the progress."""
    person, today = login_of(request), clock.today()
    require(person, Act.SEE_CHANGE_PLAN)
    steps = list(ChangeStep.objects.select_related("responsible").order_by("number", "pk"))
    tabs = {
        "open": (pgettext("change plan", "To do"), [one for one in steps if one.state in OPEN]),
        "late": (pgettext("change plan", "Overdue"), [one for one in steps if is_late(one, today)]),
        "mine": (pgettext("change plan", "Mine"), [one for one in steps if one.responsible_id == person.pk]),
        "all": (pgettext("change plan", "All"), steps),
    }
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else "open"
    context = {
        "page_title": _("Plan of changes"),
        "tabs": [
            {"label": f"{word} · {len(found)}", "url": "?" + urlencode({"tab": key}), "current": key == chosen}
            for key, (word, found) in tabs.items()
        ],
        "blocks": _blocks(steps, tabs[chosen][1], today),
        "total": _progress(steps),
        "review": Review.objects.order_by("-year").first(),
        "may_change": may(person, Act.CHANGE_CHANGE_PLAN),
    }
    return render(request, "kpi/change_plan/plan.html", context)


def is_late(step: ChangeStep, today: date) -> bool:
    """Whether an open step should have been done."""
    return step.state in OPEN and step.due_on is not None and step.due_on < today


def _blocks(steps: list[ChangeStep], shown: list[ChangeStep], today: date) -> list[dict[str, Any]]:
    """Group the shown steps by their blocks, in the model's order; a block without any is left out."""
    found = []
    for code, name in Block.choices:
        rows = [{"step": one, "late": is_late(one, today)} for one in shown if one.block == code]
        if rows:
            progress = _progress([one for one in steps if one.block == code])
            found.append({"code": code, "name": name, "rows": rows, **progress})
    return found


def _progress(steps: list[ChangeStep]) -> dict[str, int]:
    """Count the steps that are done among those not dropped; `width` is the share in px of the bar."""
    states = Counter(one.state for one in steps)
    whole = len(steps) - states[StepState.DROPPED]
    return {
        "done": states[StepState.DONE],
        "whole": whole,
        "width": states[StepState.DONE] * BAR // whole if whole else 0,
    }


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a step."""
    person = login_of(request)
    require(person, Act.CHANGE_CHANGE_PLAN)
    form = StepForm(posted(request))

    def act() -> ChangeStep:
        return _written(lambda: actions.add(fields=form.told, submission=form.told_submission, acting_user=person))

    return dialog(
        request, form, act, lambda _made: _("The step is in the plan"), title=_("New step"), label=_("Add"), back=page
    )


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a step: who, until when, how far, what came of it."""
    person = login_of(request)
    require(person, Act.CHANGE_CHANGE_PLAN)
    found = get_object_or_404(ChangeStep, pk=pk)
    form = StepForm(posted(request), step=found)

    def act() -> ChangeStep:
        return _written(lambda: actions.change(step=found, fields=form.told, seen=form.told_seen, acting_user=person))

    return dialog(request, form, act, lambda _made: _("Saved"), title=str(found), label=_("Save"), back=page)


def _written(act: Any) -> ChangeStep:
    """Do an act; what the table refuses is said as a refusal."""
    try:
        done: ChangeStep = act()
    except ValidationError as fault:
        raise Refused(" ".join(fault.messages)) from fault
    return done


def _review(request: HttpRequest, year: int, act: Act) -> Review:
    require(login_of(request), act)
    return get_object_or_404(Review.objects.select_related("closed_by", "task"), year=year)


@require_GET
def review(request: HttpRequest, year: int) -> HttpResponse:
    """Show the review of a year: each question, what was found this year and the year before."""
    found = _review(request, year, Act.SEE_CHANGE_PLAN)
    answers = {one.question_id: one for one in found.answers.select_related("by")}
    before = {one.question_id: one for one in ReviewAnswer.objects.filter(review__year=year - 1)}
    questions = ReviewQuestion.objects.order_by("number", "pk")
    rows = [
        {"question": one, "answer": answers.get(one.pk), "before": before.get(one.pk)}
        for one in questions
        if one.pk in answers or (one.is_active and not found.closed_on)
    ]
    context = {
        "page_title": _("Review of the year %(year)s") % {"year": year},
        "review": found,
        "rows": rows,
        "answered": len(answers),
        "verdicts": Verdict.choices,
        "before_year": year - 1 if before else None,
        "years": Review.objects.exclude(pk=found.pk).order_by("-year"),
        "may_answer": may(login_of(request), Act.CHANGE_CHANGE_PLAN) and not found.closed_on,
    }
    return render(request, "kpi/change_plan/review.html", context)


@require_POST
def answer(request: HttpRequest, year: int) -> HttpResponse:
    """Write what was found of one question; the page stays where it was."""
    found, form = _review(request, year, Act.CHANGE_CHANGE_PLAN), AnswerForm(request.POST)
    url = reverse("kpi:review", args=[year])
    if not form.is_valid():
        raise Http404(str(year))
    data = form.cleaned_data
    try:
        actions.answer(
            review=found, question=data["question"], verdict=data["verdict"], comment=data["comment"],
            acting_user=login_of(request), today=clock.today(),
        )  # fmt: skip
    except Refused as refusal:
        return refused(request, str(refusal), url)
    return redirect(f"{url}#q-{data['question'].pk}")


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, year: int) -> HttpResponse:
    """Close the review with its conclusion; its task is done with it."""
    found, person = _review(request, year, Act.CHANGE_CHANGE_PLAN), login_of(request)
    form, title = ConclusionForm(posted(request)), _("Close the review")

    def act() -> None:
        said = form.cleaned_data["conclusion"]
        actions.close(review=found, conclusion=said, acting_user=person, now=clock.now())

    return dialog(
        request, form, act, lambda _made: _("The review is closed"), title=title, label=title,
        back=lambda _made: reverse("kpi:review", args=[year]),
    )  # fmt: skip
