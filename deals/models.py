"""What we do: the task. One table for tasks set by people, by templates and by rules (R183-R191)."""

from __future__ import annotations

from datetime import date

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Communication
from deals.call_reviews.models import CallCriterion, CallReview, CallReviewMark  # noqa: F401 # models of the room, in a package of their own
from deals.claims.models import Claim, ClaimCause, ClaimFile, ClaimKind, ClaimTerms  # noqa: F401 # models of the room, in a package of their own
from deals.contracts.models import Contract, ContractStep, ContractVersion  # noqa: F401 # a model of the room, in a package of its own
from deals.dealing.models import Deal  # a model of the room, in a package of its own, as those of its pipelines are
from deals.help_requests.models import HelpNote, HelpRequest  # noqa: F401 # models of the room, in a package of their own
from deals.invoices.models import Invoice
from deals.kinds import TaskKind
from deals.leads.models import Lead
from deals.offers.models import Offer  # noqa: F401 # a model of the room, in a package of its own
from deals.querysets import TaskQuerySet
from deals.reconciliation.models import Reconciliation  # noqa: F401 # a model of the room, in a package of its own
from deals.special.models import SpecialTask, SpecialTaskLine  # noqa: F401 # a model of the room, in a package of its own
from deals.tasking.models import CalendarFeed  # noqa: F401 # a model of the room, in a package of its own

__all__ = ["Priority", "Task", "TaskKind", "TaskState"]


class TaskState(models.TextChoices):
    """Where a task stands."""

    OPEN = "open", pgettext_lazy("task", "open")
    DONE = "done", pgettext_lazy("task", "done")
    CANCELLED = "cancelled", pgettext_lazy("task", "cancelled")


class Priority(models.IntegerChoices):
    """How urgent."""

    LOW = 1, pgettext_lazy("priority", "low")
    NORMAL = 2, pgettext_lazy("priority", "normal")
    HIGH = 3, pgettext_lazy("priority", "high")


@pghistory.track()
class Task(models.Model):
    """Something one person is to do by a day; written only by `deals.actions`, its changes are kept as history."""

    title = models.CharField(_("what is to be done"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=TaskKind.choices, default=TaskKind.OTHER)
    client = models.ForeignKey(
        Client, verbose_name=_("client"), null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    deal = models.ForeignKey(
        Deal,
        verbose_name=_("deal"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        db_index=False,
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who does it"), on_delete=models.PROTECT, related_name="tasks"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who set it"),
        null=True,
        on_delete=models.PROTECT,
        related_name="tasks_set",
        help_text=_("empty: a rule of the program"),
    )
    due_on = models.DateField(_("due on"))
    due_time = models.TimeField(_("at"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    needs_result = models.BooleanField(_("a result is asked for"), default=False)
    result = models.CharField(_("result"), max_length=500, blank=True)
    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    entry = models.ForeignKey(
        Communication,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the communication that was its doing",
    )
    origin = models.CharField(max_length=60, blank=True, help_text="template or rule that made it; empty: a person")
    origin_as_of = models.DateField(null=True, blank=True)
    state = models.CharField(
        pgettext_lazy("task", "state"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submission = models.UUIDField(
        null=True, blank=True, unique=True, help_text="of the form: a double click is one task"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            # my day, the menu's count and "my tasks": open ones of a person by day
            models.Index(fields=["assignee", "due_on", "id"], condition=Q(state="open"), name="task_of_person"),
            # the card: open ones of a client; and the cascade of a change of owner
            models.Index(fields=["client", "due_on", "id"], condition=Q(state="open"), name="task_of_client"),
            # the page of a deal, its nearest task
            models.Index(fields=["deal", "due_on"], condition=Q(deal__isnull=False), name="task_of_deal"),
            models.Index(fields=["due_on", "id"], name="task_by_day"),  # the list in its order
            models.Index(fields=["closed_at", "id"], name="task_by_closing"),  # the list of done ones
            models.Index(fields=["client", "-closed_at"], condition=~Q(state="open"), name="task_timeline"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="task_title_trgm"),  # search by words, typos
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""), name="task_says_what", violation_error_message=_("A task says what to do.")
            ),
            models.CheckConstraint(
                condition=Q(deal__isnull=True) | Q(client__isnull=False),
                name="task_of_a_deal_has_its_client",
                violation_error_message=_("A task of a deal is a task of its client."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TaskKind.values),
                name="task_kind_known",
                violation_error_message=_("This kind of task is not known."),
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values),
                name="task_priority_known",
                violation_error_message=_("This priority is not known."),
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.OPEN, closed_at__isnull=True, closed_by__isnull=True)
                | Q(state__in=[TaskState.DONE, TaskState.CANCELLED], closed_at__isnull=False, closed_by__isnull=False),
                name="task_closed_by_somebody",
                violation_error_message=_("A closed task says when it was closed and by whom; an open one does not."),
            ),
            models.CheckConstraint(
                condition=~Q(state=TaskState.DONE) | Q(needs_result=False) | ~Q(result=""),
                name="task_done_with_its_result",
                violation_error_message=_("This task ends with a result: say what came of it."),
            ),
            models.CheckConstraint(
                condition=Q(origin="", origin_as_of__isnull=True) | (~Q(origin="") & Q(origin_as_of__isnull=False)),
                name="task_origin_has_its_day",
                violation_error_message=_("A task of a rule says of which day."),
            ),
            models.CheckConstraint(
                condition=Q(client__isnull=True) | Q(lead__isnull=True),
                name="task_of_a_client_or_a_lead",
                violation_error_message=_("A task is of a client or of a lead, not of both."),
            ),
            models.UniqueConstraint(
                fields=["origin", "origin_as_of", "client", "lead", "deal"],
                condition=~Q(origin=""),
                nulls_distinct=False,
                name="one_task_per_origin",
                violation_error_message=_("The rule has set this task already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Say whether it is still to be done."""
        return self.state == TaskState.OPEN

    def days_left(self, today: date) -> int:
        """Days until it is due; below zero when it is overdue."""
        return (self.due_on - today).days
