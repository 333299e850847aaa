"""A report somebody built, and what became of its letters (R270, R271)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Segment
from kpi.measures import declared
from kpi.measures.models import ClientGroup
from kpi.reports.own import cuts
from kpi.reports.own.cuts import Cut, Period
from salescrm.base.models import Letter, LetterState
from staff.access import Figures, Role, figures
from staff.models import Branch, Employee


class Sending(models.TextChoices):
    """How often a report goes out by letter."""

    NEVER = "", pgettext_lazy("report", "not by letter")
    WEEK = "week", pgettext_lazy("report", "once a week")
    MONTH = "month", pgettext_lazy("report", "once a month")


class OwnReportQuerySet(models.QuerySet["OwnReport"]):
    """Sets of own reports."""

    def visible_to(self, person: Employee) -> OwnReportQuerySet:
        """Keep one's own and those shared with the person or the person's role."""
        shared = Q(roles__contains=[person.role]) | Q(
            pk__in=OwnReport.people.through.objects.filter(employee=person).values("ownreport")
        )
        return self.filter(Q(owner=person) | shared, deleted_at=None)


class OwnReport(models.Model):
    """What a report is made of. No right comes with it: every reader sees what the matrix gives the reader."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(pgettext_lazy("report", "name"), max_length=100)
    rows = ArrayField(models.CharField(max_length=10, choices=Cut.choices), help_text="one or two")
    columns = ArrayField(models.CharField(max_length=40), help_text="codes, see kpi.measures.declared")
    period = models.CharField(
        pgettext_lazy("report", "period"), max_length=10, choices=Period.choices, default=Period.LAST
    )
    first_month = models.DateField(_("from month"), null=True, blank=True)
    last_month = models.DateField(_("to month"), null=True, blank=True)
    branch = models.ForeignKey(
        Branch, verbose_name=_("branch"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("employee"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    segment = models.ForeignKey(
        Segment, verbose_name=_("type of clients"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    client_group = models.CharField(_("group of clients"), max_length=6, choices=ClientGroup.choices, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, blank=True)
    people = models.ManyToManyField(Employee, blank=True, related_name="+")
    sending = models.CharField(_("by letter"), max_length=5, choices=Sending.choices, default=Sending.NEVER, blank=True)
    day = models.PositiveSmallIntegerField(
        _("day"), default=1, help_text="of the week from 1 = Monday, or of the month"
    )
    hour = models.PositiveSmallIntegerField(_("hour of the letter"), default=8)
    to_readers = models.BooleanField(_("to everybody it is shared with"), default=False)
    done_on = models.DateField(null=True, blank=True, help_text="the day the last letters were due")
    version = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one report")
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="can be brought back for a while")

    objects = OwnReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("own report")
        verbose_name_plural = _("own reports")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(deleted_at__isnull=True),
                name="one_own_report_per_name",
                violation_error_message=_("You have a report of this name already."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & Q(rows__len__range=(1, 2), columns__len__gte=1),
                name="own_report_of_rows_and_columns",
                violation_error_message=_("A report has a name, rows and columns."),
            ),
            models.CheckConstraint(
                condition=~Q(period="range")
                | Q(first_month__isnull=False, last_month__isnull=False, first_month__lte=F("last_month")),
                name="own_report_of_months",
                violation_error_message=_("Choose the first and the last month, the first not after the last."),
            ),
            models.CheckConstraint(
                condition=Q(hour__lte=23, day__gte=1)
                & (Q(sending="week", day__lte=7) | ~Q(sending="week") & Q(day__lte=28)),
                name="own_report_sent_on_a_day",
                violation_error_message=_("The day lies between 1 and 7 of a week, 1 and 28 of a month."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse measures that are not known and parts that do not go together."""
        if any(code not in declared.BY_CODE for code in self.columns or ()):
            raise ValidationError(_("This measure is not known."))
        if why := cuts.refusal(self.rows or (), self.columns or (), region=self.region):
            raise ValidationError(str(why))
        if self.period == Period.RANGE and self.first_month and self.last_month:
            apart = (self.last_month.year - self.first_month.year) * 12 + self.last_month.month - self.first_month.month
            if not 0 <= apart < cuts.MOST_MONTHS:
                raise ValidationError(_("A report is of 36 months at most, the first not after the last."))

    @property
    def first(self) -> str:
        """The first thing the rows are."""
        return self.rows[0]

    @property
    def second(self) -> str:
        """The second one; empty for none."""
        return self.rows[1] if len(self.rows) > 1 else ""

    @property
    def is_shared(self) -> bool:
        """Say whether others have it; of a saved one."""
        return bool(self.roles) or self.people.exists()

    def readers(self) -> models.QuerySet[Employee]:
        """Return whom its letters are for: the owner, and if it says so everybody it is shared with."""
        meant = Q(pk=self.owner_id)
        if self.to_readers:
            meant |= Q(role__in=self.roles) | Q(pk__in=self.people.values("pk"))
        return Employee.people.working().filter(meant)


class Missed(models.TextChoices):
    """Why a person got no letter."""

    AWAY = "away", pgettext_lazy("letter", "is away")
    NO_ADDRESS = "no_address", pgettext_lazy("letter", "has no e-mail address")
    NOTHING = "nothing", pgettext_lazy("letter", "may not see these figures")


class DeliveryQuerySet(models.QuerySet["ReportDelivery"]):
    """Sets of deliveries."""

    def visible_to(self, person: Employee) -> DeliveryQuerySet:
        """Keep those of one's own reports and to oneself; who sees everybody's figures keeps the whole list (R271)."""
        if figures(person) == Figures.ALL:
            return self
        return self.filter(Q(person=person) | Q(report__owner=person))

    def undelivered(self) -> DeliveryQuerySet:
        """Keep what has not gone out: no letter at all, or one the mail server has not taken."""
        return self.exclude(letter__state=LetterState.SENT)


class ReportDelivery(models.Model):
    """Who was to get which report when, and the letter in the outbox that carries it (R271)."""

    report = models.ForeignKey(
        OwnReport,
        null=True,
        on_delete=models.PROTECT,
        related_name="deliveries",
        help_text="empty: the report of a period",
    )
    title = models.CharField(max_length=300)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    due_on = models.DateField()
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="+")
    missed = models.CharField(max_length=10, choices=Missed.choices, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery of a report")
        verbose_name_plural = _("deliveries of reports")
        constraints = [
            models.UniqueConstraint(fields=["report", "person", "due_on"], name="one_delivery_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.due_on}"

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        if self.missed:
            return str(self.get_missed_display())
        return str(self.letter.get_state_display()) if self.letter else ""

    @property
    def tone(self) -> str:
        """The word of judgement of that."""
        if self.missed or self.letter is None:
            return "bad"
        return {LetterState.SENT: "good", LetterState.WAITING: ""}.get(LetterState(self.letter.state), "bad")
