"""What people do with call reviews; the only writer of them and of their criteria (R277).

A call is reviewed once: who comes second is told whose review there is. A review may be put right by its author until
the employee has read it; criteria changed later leave what was scored as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.models import Communication
from deals.actions import Refused
from deals.call_reviews.models import MOST_POINTS, CallCriterion, CallReview, CallReviewMark
from deals.call_reviews.querysets import calls, reviewed_people
from deals.call_reviews.recordings import content_type, ending_of
from salescrm.base import files, notify
from staff.models import Employee

__all__ = ["QUOTA", "Refused", "Said", "confirm", "correct", "review", "score", "set_criterion"]
QUOTA = 5  # calls of one person reviewed a week
MOST_CRITERIA = 30
KIND = "call_review"
REVIEWED_TOLD = gettext_noop("Your call with {client} was reviewed: {score}% ({who})")
CORRECTED_TOLD = gettext_noop("The review of your call with {client} was put right: {score}% ({who})")
ANSWERED_TOLD = gettext_noop("{who} answered the review of the call with {client}: {answer}")
SHOWN = 120  # letters of an answer in a notification


@dataclass(frozen=True)
class Said:
    """What the reviewer says: points by criterion, feedback, where the recording is."""

    points: Mapping[int, int]
    feedback: str
    recording_url: str = ""
    upload: UploadedFile[Any] | None = None


def score(marks: Mapping[int, tuple[int, int]]) -> int:
    """Return per cent of the most that could be got, from (weight, points) by criterion, half rounded up."""
    most = MOST_POINTS * sum(weight for weight, _points in marks.values())
    got = sum(weight * points for weight, points in marks.values())
    return (200 * got + most) // (2 * most)


def review(
    *, communication: Communication, said: Said, submission: UUID, acting_user: Employee, now: datetime
) -> CallReview:
    """Review a call by the criteria that are offered now and tell its author; the same form sent twice makes one.

    Refused: it is no call the person may review, somebody has reviewed it, the criteria are others by now.
    """
    known = CallReview.objects.filter(submission=submission).first()
    if known is not None:
        return known
    today = localtime(now).date()
    people = list(reviewed_people(acting_user).filter(pk=communication.author_id).values_list("pk", flat=True))
    if not calls(acting_user, people, today).filter(pk=communication.pk).exists():
        raise Refused(_("This is no call you review."))
    with files.kept_together() as kept:
        criteria = list(CallCriterion.objects.filter(is_active=True))
        if not criteria or {one.pk for one in criteria} != set(said.points):
            raise Refused(_("The criteria have changed meanwhile: look at them again."))
        made, is_new = CallReview.objects.get_or_create(
            communication=communication,
            defaults={
                "employee_id": communication.author_id,
                "author": acting_user,
                "reviewed_on": today,
                "score": score({one.pk: (one.weight, said.points[one.pk]) for one in criteria}),
                "feedback": said.feedback,
                "recording_url": said.recording_url,
                "submission": submission,
            },
        )
        if not is_new and made.submission == submission:
            return made
        if not is_new:
            raise Refused(_("%s has reviewed this call already.") % made.author.short_name)
        _keep(made, said.upload, acting_user, kept)
        CallReviewMark.objects.bulk_create(
            CallReviewMark(
                review=made, criterion=one, name=one.name, name_en=one.name_en, weight=one.weight,
                points=said.points[one.pk],
            )
            for one in criteria
        )  # fmt: skip
        _tell(made, REVIEWED_TOLD)
    return made


def correct(*, found: CallReview, said: Said, seen: int, acting_user: Employee) -> CallReview:
    """Put a review right by the criteria it was made with; a recording that is there stays unless another comes."""
    with files.kept_together() as kept:
        held = _held(found, seen)
        if held.author_id != acting_user.pk:
            raise Refused(_("Only who wrote a review puts it right."))
        if held.is_read:
            raise Refused(_("The employee has read the review: it stays."))
        marks = list(held.marks.all())
        if {one.criterion_id for one in marks} != set(said.points):
            raise Refused(_("The criteria have changed meanwhile: look at them again."))
        for one in marks:
            one.points = said.points[one.criterion_id]
        CallReviewMark.objects.bulk_update(marks, ["points"])
        held.score = score({one.criterion_id: (one.weight, one.points) for one in marks})
        held.feedback, held.recording_url = said.feedback, said.recording_url
        held.version += 1
        held.save()
        _keep(held, said.upload, acting_user, kept)
        _tell(held, CORRECTED_TOLD)
    return held


@transaction.atomic
def confirm(*, found: CallReview, answer: str, seen: int, acting_user: Employee, now: datetime) -> CallReview:
    """Note that the employee has read the review, with an answer where there is one; the reviewer hears of an answer.

    Confirmed again it stays as it is.
    """
    held = _held(found, None)
    if held.employee_id != acting_user.pk:
        raise Refused(_("Only whose call it was confirms the review."))
    if held.is_read:
        return held
    if held.version != seen:
        raise Refused(_("Somebody has changed it meanwhile. Nothing was saved."))
    held.read_at, held.answer = now, answer
    held.version += 1
    held.save()
    if answer:
        notify.tell(
            [held.author_id], kind=KIND, text=ANSWERED_TOLD, key=f"call-review-answer-{held.pk}", url=_url(held),
            client=held.communication.client.name, who=acting_user.short_name, answer=answer[:SHOWN],
        )  # fmt: skip
    return held


@transaction.atomic
def set_criterion(*, found: CallCriterion | None, fields: Mapping[str, Any]) -> CallCriterion:
    """Add a criterion, or change one (name, name_en, weight, order, is_active); one at least stays offered."""
    offered = CallCriterion.objects.select_for_update(no_key=True).filter(is_active=True).order_by("pk")
    others = {one.pk for one in offered} - {found.pk if found else None}
    if not fields["is_active"] and not others:
        raise Refused(_("One criterion at least is needed to review calls."))
    if fields["is_active"] and len(others) >= MOST_CRITERIA:
        raise Refused(_("More than %d criteria are not looked at in one call.") % MOST_CRITERIA)
    same = CallCriterion.objects.filter(name=fields["name"])
    if (same.exclude(pk=found.pk) if found else same).exists():
        raise Refused(_("There is a criterion with this name already."))
    one = found or CallCriterion()
    for name in ("name", "name_en", "weight", "order", "is_active"):
        setattr(one, name, fields[name])
    one.save()
    return one


def _held(found: CallReview, seen: int | None) -> CallReview:
    """Lock a review; raise Refused when it is another one than was seen."""
    rows = CallReview.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("communication__client", "author").get(pk=found.pk)
    if seen is not None and held.version != seen:
        raise Refused(_("Somebody has changed it meanwhile. Nothing was saved."))
    return held


def _keep(made: CallReview, upload: UploadedFile[Any] | None, by: Employee, kept: list[Any]) -> None:
    if upload is None:
        return
    name = str(upload.name)
    kept.append(files.keep_upload(upload, by, ending=ending_of(name), content_type=content_type(name)))
    made.recording = kept[-1]
    made.save(update_fields=["recording"])


def _url(made: CallReview) -> str:
    return reverse("calls:review", args=[made.pk])


def _tell(made: CallReview, text: str) -> None:
    notify.tell(
        [made.employee_id], kind=KIND, text=text, key=f"call-review-{made.pk}-{made.version}", url=_url(made),
        client=made.communication.client.name, who=made.author.short_name, score=made.score,
    )  # fmt: skip
