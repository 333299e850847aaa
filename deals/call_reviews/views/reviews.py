"""Pages of reviews: the list with its export, a new one, one with its answer, its recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Avg, Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from clients.exports import heads as guardians
from clients.models import Client, Communication
from deals.call_reviews import actions, querysets
from deals.call_reviews.forms import MARK, ConfirmForm, ListForm, ReviewForm
from deals.call_reviews.models import CallCriterion, CallReview
from deals.call_reviews.querysets import CallReviewQuerySet
from deals.call_reviews.views.shared import tabs
from salescrm.base import clock, files, guard
from salescrm.base.lists import export as exporting
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may, require
from staff.models import Employee

ASKED = ("who", "since", "until")
REVIEWS = ListSpec("call-reviews", (), (Sort("newest", "reviewed_on"),), "-newest", others=ASKED)
READ = ("communication__client", "employee", "author")


@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    """Show the reviews a person sees, by whose calls and in which days they were reviewed."""
    person, today = login_of(request), clock.today()
    form, found = _narrowed(request, person)
    state = ListState.read(REVIEWS, request.GET, Here(person, today))
    page = state.page(found)
    rows = CallReview.objects.select_related(*READ).in_bulk(page.ids)
    whole = found.aggregate(count=Count("pk"), average=Avg("score"))
    context = {
        "page_title": _("Call reviews"),
        "tabs": tabs(person, "calls:review-list"),
        "form": form,
        "is_head": may(person, Act.REVIEW_CALLS),
        "rows": [rows[pk] for pk in page.ids],
        "pager": state.pager(page),
        "count": whole["count"],
        "average": None if whole["average"] is None else float(whole["average"]) / 100,
        "is_narrowed": any(request.GET.get(name) for name in ASKED),
        "xlsx": f"{reverse('calls:review-export')}?{_query(request)}" if may(person, Act.EXPORT) else "",
    }
    part = "#rows" if wants_part(request) else ""
    return render(request, f"calls/list.html{part}", context)


@require_GET
def review_export(request: HttpRequest) -> HttpResponse:
    """Give the reviews of the page, as they are filtered, as a workbook."""
    person = login_of(request)
    require(person, Act.EXPORT)
    _form, rows = _narrowed(request, person)
    heads = [_("Reviewed on"), _("Employee"), _("Client"), _("Call of"), _("Score, %"), _("Who reviewed"),
             _("Feedback"), _("Read"), _("Answer"), _("Marks")]  # fmt: skip
    with TemporaryDirectory() as place:
        path = Path(place) / "reviews.xlsx"
        written = exporting.write_table(path, "xlsx", heads, _cells(rows))
        content = path.read_bytes()
    asked = {"url": reverse("calls:review-list"), "query": _query(request), "form": "xlsx"}
    guard.exported(person, screen="call-reviews", rows=written, heads=guardians, **asked)
    return exporting.attached(content, "call-reviews.xlsx")


@require_http_methods(["GET", "POST"])
def review_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Score a call against the script and say what came of it; one that is reviewed already leads to its review."""
    person, today = login_of(request), clock.today()
    require(person, Act.REVIEW_CALLS)
    people = list(querysets.reviewed_people(person).values_list("pk", flat=True))
    rows = querysets.calls(person, people, today).select_related("client", "contact", "result", "author")
    call = get_object_or_404(rows, pk=pk)
    form = ReviewForm(posted(request), request.FILES or None, criteria=CallCriterion.objects.filter(is_active=True))
    if not form.is_bound and (known := CallReview.objects.filter(communication=call).first()):
        return redirect("calls:review", known.pk)
    if form.is_bound and form.is_valid():
        try:
            made = actions.review(
                communication=call, said=form.said, submission=form.cleaned_data["submission"], acting_user=person,
                now=clock.now(),
            )  # fmt: skip
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("%s is told of the review") % call.author.short_name)
            return redirect("calls:review", made.pk)
    return _filled(request, form, call, _("Review of a call"))


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a review; the employee confirms having read it."""
    person = login_of(request)
    found = _seen(person, pk)
    return render(request, "calls/review.html", _shown(found, person, ConfirmForm(initial={"seen": found.version})))


@require_http_methods(["GET", "POST"])
def review_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a review right, until it is read; only who wrote it."""
    person = login_of(request)
    found = _seen(person, pk)
    if found.author_id != person.pk:
        raise PermissionDenied
    marks = list(found.marks.all())
    initial = {f"{MARK}{one.criterion_id}": one.points for one in marks} | {
        "feedback": found.feedback, "recording_url": found.recording_url, "seen": found.version,
    }  # fmt: skip
    form = ReviewForm(posted(request), request.FILES or None, criteria=marks, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            seen = form.cleaned_data["seen"] or 0
            actions.correct(found=found, said=form.said, seen=seen, acting_user=person)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("The review is put right"))
            return redirect("calls:review", pk)
    return _filled(request, form, found.communication, _("Put the review right"), found)


@require_http_methods(["POST"])
def review_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the employee has read the review, with an answer or without."""
    person = login_of(request)
    found = _seen(person, pk)
    if found.employee_id != person.pk:
        raise PermissionDenied
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            actions.confirm(found=found, acting_user=person, now=clock.now(), **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Noted: you have read the review"))
            return redirect("calls:review", pk)
    return render(request, "calls/review.html", _shown(_seen(person, pk), person, form), status=422)


@require_GET
def review_recording(request: HttpRequest, pk: int) -> FileResponse:
    """Give the file of the recording."""
    found = _seen(login_of(request), pk)
    if found.recording is None:
        raise Http404
    return files.attachment(found.recording)


def _narrowed(request: HttpRequest, person: Employee) -> tuple[ListForm, CallReviewQuerySet]:
    """Keep the reviews the address asks for; what makes no sense is left out."""
    people = querysets.reviewed_people(person).order_by("last_name", "first_name", "pk")
    form = ListForm(request.GET, people=people)
    return form, CallReview.objects.visible_to(person, clock.today()).filter(**form.asked())


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    for name in set(kept) - set(ASKED):
        del kept[name]
    return kept.urlencode()


def _cells(rows: CallReviewQuerySet) -> Iterator[list[exporting.Cell]]:
    found = rows.select_related(*READ).prefetch_related("marks").order_by("-reviewed_on", "-pk")
    for one in found.iterator(chunk_size=exporting.CHUNK):
        marks = "; ".join(f"{mark}: {mark.points}" for mark in one.marks.all())
        read = localtime(one.read_at).date() if one.read_at else None
        yield [
            one.reviewed_on, one.employee.short_name, one.communication.client.name, one.communication.day, one.score,
            one.author.short_name, one.feedback, read, one.answer, marks,
        ]  # fmt: skip


def _seen(person: Employee, pk: int) -> CallReview:
    rows = CallReview.objects.visible_to(person, clock.today())
    found: CallReview = get_object_or_404(
        rows.select_related(*READ, "communication__contact", "communication__result", "recording"), pk=pk
    )
    return found


def _shown(found: CallReview, person: Employee, form: ConfirmForm) -> dict[str, Any]:
    client = found.communication.client_id
    return {
        "page_title": pgettext("call review", "Call with %s") % found.communication.client.name,
        "review": found,
        "call": found.communication,
        "marks": found.marks.all(),
        "form": form,
        "is_mine": found.employee_id == person.pk,
        "may_correct": found.author_id == person.pk and not found.is_read,
        "sees_client": Client.objects.visible_to(person, clock.today()).filter(pk=client).exists(),
    }


def _filled(
    request: HttpRequest, form: ReviewForm, call: Communication, title: str, found: CallReview | None = None
) -> HttpResponse:
    context = {"page_title": title, "form": form, "call": call, "review": found}
    return render(request, "calls/review_form.html", context, status=422 if form.errors else 200)
