"""Tables of the floor: jobs, the night's ledger, notifications, letters, files, intakes, saved views, access log."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file kept under SALESCRM_HOME; the room that links to it decides who may read it."""

    file = models.FileField(upload_to="%Y/%m/")
    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class JobState(models.TextChoices):
    """Where a background work stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """A background work: the row says what is to be done, the broker only carries its number (see `base.jobs`)."""

    kind = models.CharField(max_length=50)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveBigIntegerField(default=0, help_text="units finished, of `total`")
    total = models.PositiveBigIntegerField(null=True)
    stage = models.CharField(max_length=100, blank=True, help_text="what is being done now, in source language")
    attempts = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    error_file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    result_file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    dispatched_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # serves the tick: works that wait or whose heartbeat stopped
            models.Index(
                fields=["state", "heartbeat_at"], condition=Q(state__in=["waiting", "running"]), name="job_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def is_over(self) -> bool:
        """Say whether nothing more will happen to this work by itself."""
        return self.state in (JobState.DONE, JobState.FAILED)


class Heartbeat(models.Model):
    """The last sign of life of a process kind (beat's tick, worker): /healthz reads it."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class StepState(models.TextChoices):
    """How a step of a night ended."""

    DONE = "done", _("done")
    SKIPPED = "skipped", _("nothing changed")
    FAILED = "failed", _("failed")


class StepRun(models.Model):
    """One step of one night in the ledger; the DONE row commits with the step's own writes."""

    as_of = models.DateField()
    step = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=StepState.choices)
    rows = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    fingerprint = models.CharField(max_length=200, blank=True, help_text="window, rule set and inputs the step ran on")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "as_of"], condition=~Q(state="failed"), name="a_step_is_done_once_per_night"
            )
        ]
        indexes = [models.Index(fields=["-as_of", "step"], name="steprun_journal")]  # the journal, newest first

    def __str__(self) -> str:
        return f"{self.as_of} {self.step} {self.state}"


class Notification(models.Model):
    """A message to one person inside the program; `key` keeps the same thing from being told twice."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=500, help_text="source-language sentence with {names} of `values`")
    values = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    is_settled = models.BooleanField(default=False, help_text="a letter has told it, or none will")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="told_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notification_list"),  # the bell's panel
            models.Index(fields=["person"], condition=Q(is_settled=False), name="notification_to_write"),  # letters
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.key}"


class ByLetter(models.TextChoices):
    """When a kind of notification comes by letter."""

    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("in the daily letter")
    NEVER = "never", _("not by letter")


class NotificationChoice(models.Model):
    """How a person wants one kind of notification; without a row the kind's own default holds."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    in_program = models.BooleanField(default=True)
    by_letter = models.CharField(max_length=7, choices=ByLetter.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="one_choice_per_kind"),
            models.CheckConstraint(
                condition=Q(by_letter__in=ByLetter.values),
                name="by_letter_known",
                violation_error_message=_("This way of a letter is not known."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind} {self.by_letter}"


class DailyLetter(models.Model):
    """When a person's daily letter goes, and the last day it was looked at: one letter a day, however often asked."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    hour = models.PositiveSmallIntegerField(_("hour of the daily letter"), default=8)
    working_days_only = models.BooleanField(_("on working days only"), default=True)
    done_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hour__lte=23),
                name="hour_of_a_day",
                violation_error_message=_("The hour lies between 0 and 23."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.hour}"


class LetterState(models.TextChoices):
    """Where an outgoing letter stands."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    NO_SERVER = "no_server", _("no mail server")


class Letter(models.Model):
    """An outgoing letter in the outbox: kept whatever the mail server says."""

    to = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+", help_text="attached")
    state = models.CharField(max_length=10, choices=LetterState.choices, default=LetterState.WAITING)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=~Q(state="sent"), name="letter_open")]  # the sender's queue

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"


class ColumnMap(models.Model):
    """A named mapping of a file's columns to fields, saved by a person; ready ones come with the rooms."""

    kind = models.CharField(max_length=30)
    name = models.SlugField(max_length=60)
    columns = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="one_map_per_name")]

    def __str__(self) -> str:
        return self.name


class IntakeState(models.TextChoices):
    """Where a file on its way into the base stands."""

    NEW = "new", _("columns to be checked")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    RUNNING = "running", _("being loaded")
    DONE = "done", _("loaded")
    REFUSED = "refused", _("refused")
    UNDONE = "undone", _("undone")


class Intake(models.Model):
    """A file brought into the base: mapping, counts, report of bad cells, undo (see `base.intake`)."""

    kind = models.CharField(max_length=30, help_text="what the file holds: orders, later clients, contacts …")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=IntakeState.choices, default=IntakeState.NEW)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    counts = models.JSONField(default=dict)
    refusal = models.TextField(blank=True)
    error_file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-id"], name="intake_list")]  # the list of imports, newest first

    def __str__(self) -> str:
        return self.file_name


LONGEST_QUERY = 4000  # of a saved view: more than an address needs, less than a server refuses


class Audience(models.TextChoices):
    """Who sees a saved view, beside its owner; what a team and an office are is said in settings.LIST_AUDIENCES."""

    OWN = "own", _("only me")
    TEAM = "team", _("my team")
    BRANCH = "branch", _("my office")
    ALL = "all", _("everybody")


class SavedView(models.Model):
    """A look at a list under a name: filters, groups, order, columns and widths; a query, so no right comes with it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    list_name = models.CharField(max_length=40, help_text="name of the list's spec")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True, help_text="of the address, as it says things")
    widths = models.JSONField(default=dict, help_text="pixels by column")
    audience = models.CharField(_("who sees it"), max_length=6, choices=Audience.choices, default=Audience.OWN)
    deleted_at = models.DateTimeField(null=True, help_text="can be brought back for a while")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list_name", "name"],
                condition=Q(deleted_at__isnull=True),
                name="one_view_per_name",
                violation_error_message=_("You have a view of this name already."),
            )
        ]
        indexes = [
            models.Index(
                fields=["list_name"], condition=~Q(audience="own") & Q(deleted_at__isnull=True), name="savedview_shared"
            )  # the tabs of everybody else
        ]

    def __str__(self) -> str:
        return self.name


class AccessKind(models.TextChoices):
    """What of the base was read at once."""

    EXPORT = "export", _("export")
    MASS_READ = "mass_read", _("many cards opened")
    REVEAL = "reveal", _("contact shown")


class AccessLog(models.Model):
    """A reading of the base that is counted against theft (R21)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AccessKind.choices)
    screen = models.CharField(max_length=60)
    rows = models.PositiveIntegerField()
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(F("person"), F("at").desc(), name="accesslog_person")]  # the limit per person and day

    def __str__(self) -> str:
        return f"{self.person} {self.kind} {self.rows}"


class AutomationSwitch(models.Model):
    """An automatic job switched on or off, by whom and why; append-only, the newest row of a job holds (R376)."""

    code = models.CharField(max_length=40)
    is_on = models.BooleanField(_("switched on"))
    comment = models.CharField(_("why"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="switches_stay", operation=pgtrigger.Update | pgtrigger.Delete)]
        indexes = [models.Index(fields=["code", "-id"], name="automationswitch_newest")]  # what holds now

    def __str__(self) -> str:
        return f"{self.code} {self.is_on}"


class NumberVersion(models.Model):
    """A figure the program works by, from a day on, by whom and why; append-only (R376)."""

    code = models.CharField(max_length=40)
    value = models.PositiveIntegerField(_("value"))
    effective_from = models.DateField(_("in force from"))
    comment = models.CharField(_("why"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="numbers_stay", operation=pgtrigger.Update | pgtrigger.Delete)]
        indexes = [models.Index(fields=["code", "-effective_from", "-id"], name="numberversion_in_force")]  # of a day

    def __str__(self) -> str:
        return f"{self.code} {self.value}"
