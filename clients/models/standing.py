"""What is computed to the right and needed to the left."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client


class LifeCycle(models.TextChoices):
    """Computed by the night, never typed (R8)."""

    POTENTIAL = "potential", _("potential")
    NEW = "new", _("new")
    ACTIVE = "active", _("active")
    ZERO = "zero", _("zero")
    LOST = "lost", _("lost")
    ARCHIVED = "archived", _("archived")


class Standing(models.Model):
    """What is computed to the right and needed to the left: one narrow row per client, one writer per column.

    A client has its row from its creation. No history trigger stands on it.
    """

    client = models.OneToOneField(Client, primary_key=True, on_delete=models.CASCADE, related_name="standing")
    # writer: segmentation, step classes
    abc = models.CharField(max_length=1, blank=True)
    xyz = models.CharField(max_length=1, blank=True)
    previous_class = models.CharField(
        max_length=2, blank=True, help_text="class before the last change: the card's arrow"
    )
    key_client = models.BooleanField(default=False)
    # writer: segmentation, step turnover
    turnover = models.DecimalField(
        max_digits=18, decimal_places=4, default=0, help_text="net, window of the last night"
    )
    turnover_before = models.DecimalField(
        max_digits=18, decimal_places=4, default=0, help_text="net, the 12 months before"
    )
    months = ArrayField(
        models.DecimalField(max_digits=18, decimal_places=2),
        default=list,
        help_text="24 months net, oldest first: sparkline",
    )
    # writer: segmentation, step TOP
    top = models.BooleanField(default=False)
    # writer: segmentation, step life cycle
    life_cycle = models.CharField(max_length=10, choices=LifeCycle.choices, default=LifeCycle.POTENTIAL)
    life_cycle_since = models.DateField(null=True)
    first_purchase_on = models.DateField(null=True)
    last_purchase_on = models.DateField(null=True)
    purchases = models.PositiveIntegerField(default=0, help_text="days with a purchase document")
    rhythm_days = models.PositiveIntegerField(null=True, help_text="median of days between purchases, rounded up")
    expected_on = models.DateField(null=True, help_text="next order by the client's own rhythm")
    hand_over_on = models.DateField(null=True, help_text="day the term of the hand-over is reached; empty: none runs")
    # writer: segmentation, step contacts: the contact norm that holds for the client; months, or days for attempts
    contact_months = models.PositiveSmallIntegerField(null=True, help_text="a contact at least once in so many months")
    contact_days = models.PositiveSmallIntegerField(null=True, help_text="an attempt at least once in so many days")
    contact_by_calendar = models.BooleanField(
        default=False, db_default=False, help_text="once in every calendar period, not from the last contact on"
    )
    contact_since = models.DateField(null=True, help_text="from which day on the client is under such a norm")
    # writer: deals.contacts, by whoever logs or sets a task for the clients named, by the night for everybody
    last_contact_on = models.DateField(null=True, help_text="last spoken both ways with a result that counts")
    contact_from = models.DateField(null=True, help_text="day the running term is reckoned from")
    contact_due_on = models.DateField(null=True, help_text="last day of the running term; empty: no norm holds")
    next_task_on = models.DateField(null=True, help_text="the nearest open task")
    # writer: deals.invoices.sums, by whoever issues, cancels or notes a payment for the clients named
    debt = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, db_default=0, help_text="unpaid of invoices that are not cancelled"
    )
    # writer: clients.completeness, by whoever changes what is known for the clients named, once a day for everybody
    completeness = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="per cent of what has to be known; empty: not computed yet"
    )
    correctness = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="per cent that is known and verified in time"
    )

    class Meta:
        indexes = [
            # orders of the list: key and client in one direction, so that a page is a range of the index either way
            models.Index(fields=["turnover", "client"], include=["turnover_before"], name="standing_turnover"),
            models.Index(fields=["last_purchase_on", "client"], name="standing_last_purchase"),
            models.Index(fields=["expected_on", "client"], name="standing_expected"),
            models.Index(fields=["hand_over_on", "client"], name="standing_hand_over"),
            models.Index(fields=["last_contact_on", "client"], name="standing_last_contact"),
            models.Index(fields=["contact_due_on", "client"], name="standing_contact_due"),  # nearest deadline, overdue
            models.Index(fields=["next_task_on", "client"], name="standing_next_task"),
            models.Index(fields=["completeness", "client"], name="standing_completeness"),
            models.Index(fields=["correctness", "client"], name="standing_correctness"),
            # filters that go with turnover: a class or a state is one end of the order, not spread over it; with what
            # is summed beside it, totals are read from the index alone
            models.Index(
                fields=["abc", "turnover", "client"], include=["xyz", "turnover_before"], name="standing_class"
            ),
            models.Index(
                fields=["life_cycle", "turnover", "client"], include=["turnover_before"], name="standing_life_cycle"
            ),
            models.Index(fields=["life_cycle", "hand_over_on", "client"], name="standing_due"),  # zero board
            models.Index(fields=["turnover", "client"], condition=Q(top=True), name="standing_top"),  # the TOP list
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact_months__isnull=True) | Q(contact_days__isnull=True),
                name="standing_one_contact_norm",
                violation_error_message=_("A client has one norm of contacts: in months or in days."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.abc}{self.xyz}"
