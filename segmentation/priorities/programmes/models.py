"""What the room keeps of action programmes; imported by `segmentation.models`, where Django looks for models."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Category, Client, DevelopmentStep, Direction, Ownership
from deals.models import Task
from salescrm.base.periods import add_months
from segmentation.priorities.models import money, person

if TYPE_CHECKING:
    from staff.models import Employee

QUARTER = 3  # months
AIMED = ("aim", "starts_on", "direction_id", "category_id", "aim_turnover", "aim_share", "need")
LAST_QUARTER = 10  # the month it begins with


class ProgrammeState(models.TextChoices):
    """Where a programme stands."""

    PROPOSED = "proposed", pgettext_lazy("programme", "to be approved")
    RUNNING = "running", pgettext_lazy("programme", "running")
    REACHED = "reached", pgettext_lazy("programme", "aim reached")
    ENDED = "ended", pgettext_lazy("programme", "ended without its aim")


OPEN = (ProgrammeState.PROPOSED, ProgrammeState.RUNNING)
CLOSED = (ProgrammeState.REACHED, ProgrammeState.ENDED)


class Stage(models.TextChoices):
    """The three steps of the full cycle of sales with a priority client (R82)."""

    NEEDS = "needs", _("needs are found out")
    OFFER = "offer", _("the offer is adapted")
    QUOTE = "quote", _("everybody who decides has the offer")


class Path(models.TextChoices):
    """A way to develop a client (R88)."""

    ASSORTMENT = "assortment", _("missing assortment")
    CATEGORY = "category", _("missing category")
    PRICE = "price", _("missing price offer")
    RIVALS = "rivals", _("other quality or price than competitors")
    PARTNERSHIP = "partnership", _("partnership: fixed assortment, volume, period")
    BATCHES = "batches", _("large non-standard batches (TOP only)")
    LABEL = "label", _("exclusive tailoring, private label")


class Verdict(models.TextChoices):
    """What a review says of the aim."""

    ON_COURSE = "on_course", pgettext_lazy("verdict", "on course")
    BEHIND = "behind", pgettext_lazy("verdict", "behind, can be made up")
    OUT_OF_REACH = "out_of_reach", pgettext_lazy("verdict", "out of reach")


def quarter_of(day: date) -> date:
    """Return the first day of the quarter a day is in."""
    return date(day.year, (day.month - 1) // QUARTER * QUARTER + 1, 1)


def number_of(quarter: date) -> int:
    """Return which quarter of its year it is, 1 to 4."""
    return quarter.month // QUARTER + 1


def owner_now() -> Subquery:
    """Return the present owner of the client of a row."""
    return Subquery(Ownership.objects.filter(client=OuterRef("client"), ends_on__isnull=True).values("owner")[:1])


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Sets of programmes."""

    def visible_to(self, person: Employee, today: date) -> ProgrammeQuerySet:
        """Keep the programmes of the clients `person` sees."""
        return self.filter(client__in=Client.objects.visible_to(person, today).values("pk"))

    def open(self) -> ProgrammeQuerySet:
        """Keep what is worked on or waits for approval."""
        return self.filter(state__in=OPEN)

    def review_due(self, today: date) -> ProgrammeQuerySet:
        """Keep running ones a quarter of which is over and not reviewed (R76)."""
        return self.filter(state=ProgrammeState.RUNNING, review_on__lte=today)

    def astray(self) -> ProgrammeQuerySet:
        """Keep open ones whose client has changed its owner meanwhile."""
        return self.open().exclude(owner=owner_now())

    def follow_owners(self) -> int:
        """Give open ones to the present owners of their clients; return how many changed hands."""
        return self.astray().update(owner=owner_now())

    def awaiting_head(self, today: date) -> ProgrammeQuerySet:
        """Keep what a head has to approve, to review, or, its year being over, to close."""
        due, over = Q(review_on__lte=today), Q(review_on__isnull=True)
        return self.filter(Q(state=ProgrammeState.PROPOSED) | Q(state=ProgrammeState.RUNNING) & (due | over))


@pghistory.track()
class Programme(models.Model):
    """What is to be reached with a priority client in a year: turnover or share of a group of goods (R76, R83).

    Made by who works the client it waits for the head's word; `review_on` is the day on which the quarter to be
    reviewed next is over. Its owner is the client's: what people do with it and the night make it follow.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="programmes", db_index=False)
    year = models.PositiveSmallIntegerField(_("year"))
    starts_on = models.DateField(_("counted from"), help_text="first day of a month; counted to the end of the year")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who answers for it"), on_delete=models.PROTECT, related_name="+"
    )
    aim = models.CharField(_("aim"), max_length=300)
    direction = models.ForeignKey(Direction, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    aim_turnover = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    aim_share = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True, help_text="of the need")
    need = models.DecimalField(
        max_digits=20, decimal_places=4, null=True, blank=True, help_text="of the group, of all suppliers, in the time"
    )
    state = models.CharField(max_length=10, choices=ProgrammeState.choices, default=ProgrammeState.PROPOSED)
    made_on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateField(null=True, blank=True)
    approved_by = person()
    review_on = models.DateField(null=True, blank=True, help_text="the next review is due from this day on")
    review_task = models.OneToOneField(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    closed_by = person()
    closing = models.CharField(_("what came of it"), max_length=300, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("action programme")
        verbose_name_plural = _("action programmes")
        indexes = [
            models.Index(fields=["client", "-year"], name="programme_client"),  # the card
            # the list in its order, reviews due on My day
            models.Index(fields=["review_on", "id"], condition=Q(state="running"), name="programme_review"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "year"],
                condition=Q(state__in=["proposed", "running"]),
                name="one_programme_a_year",
                violation_error_message=_("The client has a programme for this year already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProgrammeState.values),
                name="programme_state_known",
                violation_error_message=_("This state of a programme is not known."),
            ),
            models.CheckConstraint(
                condition=~Q(aim=""),
                name="programme_says_its_aim",
                violation_error_message=_("A programme says its aim."),
            ),
            models.CheckConstraint(
                condition=Q(direction__isnull=True) | Q(category__isnull=True),
                name="programme_of_one_group",
                violation_error_message=_("A programme is of a direction or of a category, not of both."),
            ),
            models.CheckConstraint(
                condition=Q(aim_share__isnull=True, aim_turnover__gt=0)
                | Q(aim_share__gt=0, aim_share__lte=1, aim_turnover__isnull=True, need__isnull=False),
                name="programme_aims_at_one_figure",
                violation_error_message=_("A programme aims at a turnover, or at a share of a known need."),
            ),
            models.CheckConstraint(
                condition=Q(need__isnull=True) | Q(need__gt=0),
                name="programme_need_positive",
                violation_error_message=_("A need is more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__day=1, starts_on__year=F("year")),
                name="programme_begins_in_its_year",
                violation_error_message=_("A programme begins with a month of its year."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_on__isnull=True)
                | Q(approved_by__isnull=False, approved_on__isnull=False),
                name="programme_approved_by_somebody",
                violation_error_message=_("An approved programme says when it was approved and by whom."),
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", approved_on__isnull=True)
                | Q(state="running", approved_on__isnull=False)
                | Q(state__in=["reached", "ended"]),
                name="programme_runs_approved",
                violation_error_message=_("A programme runs from its approval on."),
            ),
            models.CheckConstraint(
                condition=Q(
                    closed_by__isnull=True, closed_on__isnull=True, closing="", state__in=["proposed", "running"]
                )
                | (
                    Q(closed_by__isnull=False, closed_on__isnull=False, state__in=["reached", "ended"]) & ~Q(closing="")
                ),
                name="programme_closed_with_a_word",
                violation_error_message=_("A closed programme says when, by whom and what came of it."),
            ),
            models.CheckConstraint(
                condition=Q(review_on__isnull=True) | Q(state="running"),
                name="programme_reviewed_while_running",
                violation_error_message=_("Only a running programme is reviewed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.client_id}"

    @property
    def is_open(self) -> bool:
        """Say whether it is worked on or waits for approval."""
        return self.state in OPEN

    def may_be_changed(self, *, is_head: bool) -> bool:
        """Say whether what is aimed at may be changed: once it runs, by a head only."""
        return self.state == ProgrammeState.PROPOSED or (is_head and self.is_open)

    @property
    def mark(self) -> str:
        """A mark of what is aimed at and how it stands: another mark means that somebody changed it."""
        values = [getattr(self, name) for name in (*AIMED, "state")]
        said = json.dumps([f"{one:.4f}" if isinstance(one, Decimal) else str(one) for one in values])  # as it is kept
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def ends_on(self) -> date:
        """The day after the last one that counts."""
        return date(self.year + 1, 1, 1)

    @property
    def aimed(self) -> Decimal:
        """The turnover aimed at; of a share, the part of the need."""
        if self.aim_turnover is not None:
            return self.aim_turnover
        return (self.need or Decimal(0)) * (self.aim_share or Decimal(0))

    def is_review_due(self, today: date) -> bool:
        """Say whether a quarter is over and not reviewed."""
        return self.state == ProgrammeState.RUNNING and self.review_on is not None and self.review_on <= today

    @property
    def is_over(self) -> bool:
        """Say whether all its quarters are reviewed: what came of it is still to be said."""
        return self.state == ProgrammeState.RUNNING and self.review_on is None

    def quarter_over(self, today: date) -> date:
        """Return the first day of the last quarter that is over: the one a review of today is about."""
        return min(add_months(quarter_of(today), -QUARTER), date(self.year, LAST_QUARTER, 1))

    def review_after(self, day: date) -> date | None:
        """Return the day on which the quarter of `day` is over; None when the year is over by then."""
        quarter = quarter_of(max(day, self.starts_on))
        return add_months(quarter, QUARTER) if quarter < self.ends_on else None


class ProgrammeStep(models.Model):
    """A step of a programme: its task says what, by when and what came of it (R38, R39, R76, R82, R88)."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="steps")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(_("step of the cycle"), max_length=10, choices=Stage.choices, blank=True)
    path = models.CharField(_("way to develop"), max_length=12, choices=Path.choices, blank=True)
    development = models.ForeignKey(
        DevelopmentStep, verbose_name=_("step of development"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("step of a programme")
        verbose_name_plural = _("steps of programmes")
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=["", *Stage.values]),
                name="programme_stage_known",
                violation_error_message=_("This step of the cycle is not known."),
            ),
            models.CheckConstraint(
                condition=Q(path__in=["", *Path.values]),
                name="programme_path_known",
                violation_error_message=_("This way to develop a client is not known."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.task_id}"


class ProgrammeReview(models.Model):
    """What a head said of a programme after a quarter, with the figures of then; append-only (R76)."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    quarter = models.DateField(help_text="its first day")
    turnover = money()
    aimed = money()
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices)
    comment = models.CharField(_("comment"), max_length=1000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        verbose_name = _("review of a programme")
        verbose_name_plural = _("reviews of programmes")
        constraints = [
            # serves the reviews of a programme, too
            models.UniqueConstraint(
                fields=["programme", "quarter"],
                name="one_review_a_quarter",
                violation_error_message=_("This quarter has been reviewed already."),
            ),
            models.CheckConstraint(
                condition=Q(quarter__day=1, quarter__month__in=[1, 4, 7, 10]),
                name="review_of_a_quarter",
                violation_error_message=_("A quarter begins in January, April, July or October."),
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values) & ~Q(comment=""),
                name="review_says_something",
                violation_error_message=_("A review has a verdict and a comment."),
            ),
        ]
        triggers = [pgtrigger.Protect(name="review_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.quarter}"

    @property
    def number(self) -> int:
        """Which quarter of its year it is."""
        return number_of(self.quarter)
