"""Stored results of measures by month, and the months themselves: open ones are refreshed, a closed one is frozen.

The database refuses any change of a closed month's results (triggers `frozen_…`), whoever asks.
"""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Direction, Segment
from segmentation.models import RuleSet
from staff.models import Branch, Department, Employee


class ClientGroup(models.TextChoices):
    """The disjoint groups of clients, first that holds: TOP, new, internet shop, other; and what is of no client."""

    TOP = "top", pgettext_lazy("clients", "TOP")
    NEW = "new", pgettext_lazy("clients", "New")
    SHOPS = "shops", _("Internet shops")
    OTHERS = "others", pgettext_lazy("clients", "Others")
    NONE = "none", _("Without a client")


class MonthState(models.TextChoices):
    """Whether the figures of a month still move."""

    OPEN = "open", pgettext_lazy("month", "open")
    CLOSED = "closed", pgettext_lazy("month", "closed")


@pghistory.track(exclude=["as_of"])
class Month(models.Model):
    """A calendar month of figures, by its first day; closing and reopening are kept as history with their reason."""

    day = models.DateField(_("month"), primary_key=True, help_text="first day")
    as_of = models.DateField(help_text="last day whose events are counted")
    state = models.CharField(
        pgettext_lazy("month", "state"), max_length=6, choices=MonthState.choices, default=MonthState.OPEN
    )
    rule_set = models.ForeignKey(
        RuleSet, on_delete=models.PROTECT, related_name="+", help_text="in force at the last refresh"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="who closed, opened"
    )
    changed_at = models.DateTimeField(null=True, help_text="of the last closing or reopening")
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("month of figures")
        verbose_name_plural = _("months of figures")
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(day__day=1),
                name="kpi_month_by_its_first_day",
                violation_error_message=_("A month is named by its first day."),
            ),
            models.CheckConstraint(
                condition=Q(as_of__gte=F("day")),
                name="kpi_month_counts_its_days",
                violation_error_message=_("A month counts days of its own."),
            ),
            models.CheckConstraint(
                condition=Q(state=MonthState.OPEN)
                | Q(state=MonthState.CLOSED, changed_by__isnull=False, changed_at__isnull=False),
                name="kpi_month_closed_by_somebody",
                violation_error_message=_("A closed month says who closed it and when."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="kpi_closed_month_stays", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__state="closed")
            ),
            pgtrigger.Protect(
                name="kpi_closed_month_as_it_was",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="closed", new__state="closed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m}"

    @property
    def is_closed(self) -> bool:
        """Say whether its figures are frozen."""
        return self.state == MonthState.CLOSED


FROZEN = """
    IF EXISTS (
        SELECT 1
        FROM (SELECT DISTINCT month_id FROM changed) touched  -- few months, however many rows
        JOIN kpi_month ON kpi_month.day = touched.month_id
        WHERE kpi_month.state = 'closed'
    ) THEN
        RAISE EXCEPTION 'the month is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'kpi_month_is_frozen';
    END IF;
    RETURN NULL;
"""


def frozen() -> list[Any]:
    """Return the triggers that keep rows of a closed month as they are.

    They look once a statement, at the months of all its rows: the night writes results by the thousand.
    """
    changes: list[tuple[str, Any, dict[str, str]]] = [
        ("new_rows", pgtrigger.Insert, {"new": "changed"}),
        ("rows_before", pgtrigger.Update, {"old": "changed"}),
        ("rows_after", pgtrigger.Update, {"new": "changed"}),
        ("gone_rows", pgtrigger.Delete, {"old": "changed"}),
    ]
    return [
        pgtrigger.Trigger(
            name=f"frozen_{name}",
            when=pgtrigger.After,
            level=pgtrigger.Statement,
            operation=operation,
            referencing=pgtrigger.Referencing(**rows),  # type: ignore[no-untyped-call]
            func=FROZEN,
        )
        for name, operation, rows in changes
    ]


class Stored(models.Model):
    """What every stored figure is of: a month, a person with the branch and department of then, a value that adds."""

    month = models.ForeignKey(Month, on_delete=models.PROTECT, related_name="+", db_index=False)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", db_index=False)
    branch = models.ForeignKey(
        Branch,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="of the person at the last refresh: once the month is closed, at its end",
    )
    department = models.ForeignKey(
        Department,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="of the person, as the branch is (R380)",
    )
    value = models.DecimalField(max_digits=20, decimal_places=4)

    class Meta:
        abstract = True


class Result(Stored):
    """The value of a measure in a month for a person, a group of clients and a type of clients; no zero rows (R233)."""

    measure = models.CharField(max_length=40, help_text="code, see kpi.measures.declared")
    client_group = models.CharField(max_length=6, choices=ClientGroup.choices)
    segment = models.ForeignKey(Segment, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(  # also the board's: all of a month, or of a month and measure
                fields=["month", "measure", "employee", "client_group", "segment"],
                nulls_distinct=False,
                name="one_result_per_part",
            ),
            models.CheckConstraint(condition=Q(client_group__in=ClientGroup.values), name="result_group_known"),
        ]
        triggers = frozen()

    def __str__(self) -> str:
        return f"{self.month_id} {self.measure} {self.employee_id} {self.client_group}: {self.value}"


class DirectionResult(Stored):
    """Net turnover in a month of a person with a group of clients by direction, from lines; empty: not identified."""

    client_group = models.CharField(max_length=6, choices=ClientGroup.choices)
    direction = models.ForeignKey(Direction, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "employee", "client_group", "direction"],
                nulls_distinct=False,
                name="one_direction_result_per_part",
            )
        ]
        triggers = frozen()

    def __str__(self) -> str:
        return f"{self.month_id} {self.employee_id} {self.direction_id}: {self.value}"


class DayResult(Stored):
    """Net turnover of a person on a day: the course of the month."""

    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "employee", "day"], name="one_day_result_per_person"),
        ]
        triggers = frozen()

    def __str__(self) -> str:
        return f"{self.day} {self.employee_id}: {self.value}"
