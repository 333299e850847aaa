"""Who: employees and their log-ins, branches with their calendar, positions, absences and substitution."""

from __future__ import annotations

from datetime import date, timedelta

import pghistory
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from staff.access import Act, Role, may
from staff.querysets import AbsenceQuerySet, EmployeeQuerySet


class Branch(models.Model):
    """An office of the company; the head office's calendar counts the working days of the data feed (R12)."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    is_head_office = models.BooleanField(_("head office"), default=False)
    receiver_branch = models.ForeignKey(
        "self",
        verbose_name=_("branch that takes its zero clients"),
        help_text=_("Used when the branch has no development manager of its own."),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    norm_tops = models.PositiveSmallIntegerField(
        _("norm: TOP clients of a manager"),
        null=True,
        blank=True,
        help_text=_("How many TOP clients a client service manager of the branch carries; empty: no norm."),
    )
    norm_others = models.PositiveSmallIntegerField(
        _("norm: other clients of a manager"),
        null=True,
        blank=True,
        help_text=_("How many other clients a client service manager of the branch carries; empty: no norm."),
    )

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints = [
            models.UniqueConstraint(
                F("is_head_office"),
                condition=Q(is_head_office=True),
                name="one_head_office",
                violation_error_message=_("There is a head office already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day of a branch that differs from the production calendar of the country; it wins over the library's day."""

    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="calendar_days")
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [models.UniqueConstraint(fields=["branch", "day"], name="one_row_per_branch_and_day")]

    def __str__(self) -> str:
        return f"{self.branch} {self.day}"


class Department(models.Model):
    """A department of the company (R200)."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A post with its role in the matrix (R199)."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.NONE)
    functions = models.JSONField(_("functions"), default=list, blank=True)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")

    def __str__(self) -> str:
        return self.name


class Theme(models.TextChoices):
    """The look a person chose."""

    AUTO = "auto", _("as the device")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


@pghistory.track(exclude=["password", "last_login", "looks"])
class Employee(AbstractUser):
    """A person of the company; those whose role is not NONE can sign in."""

    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.NONE)
    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="employees")
    department = models.ForeignKey(
        Department, verbose_name=_("department"), null=True, blank=True, on_delete=models.PROTECT
    )
    position = models.ForeignKey(Position, verbose_name=_("position"), null=True, blank=True, on_delete=models.PROTECT)
    administrative_head = models.ForeignKey(
        "self", verbose_name=_("administrative head"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    functional_head = models.ForeignKey(
        "self", verbose_name=_("functional head"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owns_clients = models.BooleanField(
        _("owns clients"), default=True, help_text=_("Clients can be given and returned to this person.")
    )
    recovery_limit = models.PositiveIntegerField(
        _("limit of recovery cases"),
        null=True,
        blank=True,
        help_text=_("How many open recovery cases this development manager can carry; empty: none are given."),
    )
    norm_share = models.PositiveSmallIntegerField(
        _("share of the norm, %"),
        default=100,
        db_default=100,
        help_text=_("How much of the branch's norm of clients this person carries: 50 for a newcomer or half a post."),
    )
    hired_on = models.DateField(_("first day at work"), null=True, blank=True)
    left_on = models.DateField(_("last day at work"), null=True, blank=True)
    portfolio_successor = models.ForeignKey(
        "self",
        verbose_name=_("took over the portfolio"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who took over the clients when this person left; returned clients go there."),
    )
    language = models.CharField(
        _("language"),
        max_length=5,
        blank=True,
        choices=[("", _("as the browser")), ("ru", "Русский"), ("en", "English")],
    )
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    looks = models.JSONField(
        default=dict, editable=False, help_text="by the name of a list: columns in their order, widths in pixels"
    )

    objects = UserManager()  # type: ignore[misc]  # said again so that `people` does not become the default
    people = EmployeeQuerySet.as_manager()

    REQUIRED_FIELDS = ["email", "role", "branch"]

    class Meta:
        default_manager_name = "objects"
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        constraints = [
            models.CheckConstraint(
                condition=Q(recovery_limit__isnull=True) | Q(recovery_limit__gt=0),
                name="recovery_limit_is_positive",
                violation_error_message=_("The limit of recovery cases is a positive number or empty."),
            ),
            models.CheckConstraint(
                condition=Q(norm_share__lte=200),
                name="norm_share_is_a_share",
                violation_error_message=_("The share of the norm lies between 0 and 200 %."),
            ),
            models.CheckConstraint(
                condition=Q(hired_on__isnull=True) | Q(left_on__isnull=True) | Q(left_on__gte=F("hired_on")),
                name="left_after_hired",
                violation_error_message=_("The last day at work does not lie before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def short_name(self) -> str:
        """First and last name as the interface shows them, the log-in when there is no name."""
        return f"{self.first_name} {self.last_name}".strip() or self.username

    @property
    def initials(self) -> str:
        """Two letters for the round mark beside a name."""
        return (self.first_name[:1] + self.last_name[:1]).upper() or self.username[:2].upper()

    def was_employed(self, day: date) -> bool:
        """Say whether the person was at work in the company on `day`; without dates: whether he is."""
        if self.left_on is None:
            return self.is_active and (self.hired_on is None or self.hired_on <= day)
        return day <= self.left_on and (self.hired_on is None or self.hired_on <= day)

    @property
    def norms(self) -> tuple[int | None, int | None]:
        """How many TOP clients and how many others the person carries at most; None: no norm (R208)."""
        if self.role != Role.CSM:
            return None, None
        tops, others = self.branch.norm_tops, self.branch.norm_others
        share = self.norm_share
        return (
            None if tops is None else tops * share // 100,
            None if others is None else others * share // 100,
        )

    def acting_for(self, today: date) -> list[int]:
        """Return the numbers of the person and of those whose substitute the person is on `today` (R214).

        A page asks for it a dozen times: it is read once for a person loaded once.
        """
        read: dict[date, list[int]] = self.__dict__.setdefault("_acting_for", {})
        if today not in read:
            read[today] = [
                self.pk,
                *Absence.objects.filter(substitute=self).on(today).values_list("employee", flat=True),
            ]
        return read[today]

    def may(self, act: Act) -> bool:
        """Say whether the role matrix allows `act`."""
        return may(self, act)

    def has_module_perms(self, app_label: str) -> bool:
        """Open the administrators' site to the administrator's role only."""
        return may(self, Act.ADMINISTER)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Grant every permission of the administrators' site to the administrator's role and none to others."""
        return may(self, Act.ADMINISTER)


class Absence(models.Model):
    """Days [starts_on, ends_on) on which a person is away, and who does the work meanwhile (R214)."""

    employee = models.ForeignKey(
        Employee, verbose_name=_("employee"), on_delete=models.CASCADE, related_name="absences"
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until, not counted"))
    substitute = models.ForeignKey(
        Employee,
        verbose_name=_("substitute"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="substitutions",
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="absence_ends_after_it_starts",
                violation_error_message=_("An absence ends after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(substitute__isnull=True) | ~Q(substitute=F("employee")),
                name="nobody_substitutes_himself",
                violation_error_message=_("Nobody stands in for himself."),
            ),
            ExclusionConstraint(
                name="absences_do_not_overlap",
                expressions=[
                    ("employee", RangeOperators.EQUAL),
                    (Func("starts_on", "ends_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person is away on some of these days already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee} {self.starts_on}–{self.ends_on}"

    @property
    def last_day(self) -> date:
        """The last day away: people say "until the 12th" and mean it."""
        return self.ends_on - timedelta(days=1)

    def covers(self, day: date) -> bool:
        """Say whether `day` lies in the absence."""
        return self.starts_on <= day < self.ends_on
