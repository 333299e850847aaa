"""Call review: the criteria of the script, and what each reviewed call got by them (R277)."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Communication
from clients.models.named import Named
from deals.call_reviews.querysets import CallReviewQuerySet
from salescrm.base.models import StoredFile

MOST_WEIGHT = 10
GOOD, FAIR = 80, 60  # per cent


class Points(models.IntegerChoices):
    """How far a criterion was met."""

    NOT = 0, pgettext_lazy("call review", "no")
    PARTLY = 1, pgettext_lazy("call review", "partly")
    FULLY = 2, pgettext_lazy("call review", "yes")


MOST_POINTS = Points.FULLY


class CallCriterion(Named):
    """What a call is scored by: a step of the script and its weight; one no longer used is switched off."""

    code = models.SlugField(
        _("code"),
        max_length=40,
        blank=True,
        editable=False,
        help_text="key of the row in reference.yaml; empty for rows people added",
    )
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_WEIGHT)]
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("criterion of call reviews")
        verbose_name_plural = _("criteria of call reviews")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="call_criterion_code"),
            models.UniqueConstraint(
                fields=["name"],
                name="call_criterion_once",
                violation_error_message=_("There is a criterion with this name already."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="call_criterion_named",
                violation_error_message=_("A criterion has a name."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=MOST_WEIGHT),
                name="call_criterion_weight",
                violation_error_message=_("A weight is from 1 to 10."),
            ),
        ]


@pghistory.track()
class CallReview(models.Model):
    """A logged call somebody listened to: score in per cent, feedback, answer; written by `call_reviews.actions`."""

    communication = models.OneToOneField(Communication, on_delete=models.PROTECT, related_name="review")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("employee"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the author of the communication",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who reviewed"), on_delete=models.PROTECT, related_name="+"
    )
    reviewed_on = models.DateField(_("reviewed on"))
    score = models.PositiveSmallIntegerField(_("score, %"))
    feedback = models.TextField(_("feedback"))
    recording_url = models.URLField(
        _("link to the recording"), max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    recording = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    answer = models.TextField(_("answer of the employee"), blank=True)
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one review")
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    objects = CallReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("call review")
        verbose_name_plural = _("call reviews")
        indexes = [
            models.Index(fields=["employee", "-reviewed_on"], name="call_review_of_person"),
            models.Index(fields=["-reviewed_on", "-id"], name="call_review_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__lte=100),
                name="call_review_score",
                violation_error_message=_("A score is from 0 to 100 %."),
            ),
            models.CheckConstraint(
                condition=~Q(feedback=""),
                name="call_review_says_something",
                violation_error_message=_("A review says something to the employee."),
            ),
            models.CheckConstraint(
                condition=~Q(employee=models.F("author")),
                name="call_review_by_another",
                violation_error_message=_("Nobody reviews calls of one's own."),
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(read_at__isnull=False),
                name="call_review_answered_when_read",
                violation_error_message=_("Who answers has read the review."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.communication_id}: {self.score} %"

    @property
    def share(self) -> float:
        """The score, 0 to 1."""
        return self.score / 100

    @property
    def tone(self) -> str:
        """Say how good the call was."""
        return "good" if self.score >= GOOD else "warn" if self.score >= FAIR else "bad"

    @property
    def is_read(self) -> bool:
        """Say whether the employee confirmed having read it."""
        return self.read_at is not None


class CallReviewMark(Named):
    """What a criterion got in a review; its name and weight as they were then."""

    review = models.ForeignKey(CallReview, on_delete=models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(CallCriterion, on_delete=models.PROTECT, related_name="+")
    weight = models.PositiveSmallIntegerField(_("weight"))
    points = models.PositiveSmallIntegerField(_("points"), choices=Points.choices)

    class Meta:
        verbose_name = _("mark of a call review")
        verbose_name_plural = _("marks of call reviews")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="one_mark_of_a_criterion"),
            models.CheckConstraint(
                condition=Q(points__in=Points.values),
                name="call_mark_points",
                violation_error_message=_("A criterion gets 0, 1 or 2 points."),
            ),
        ]
