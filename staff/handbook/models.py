"""Articles of the sales book, their versions, who has read them, and tests of what was read (R278-R285)."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from staff.access import Role

RESERVED = {"new", "preview", "readers"}  # words of addresses


class Section(models.TextChoices):
    """Parts of the book, in their order."""

    START = "start", _("First days")
    REGULATION = "regulation", _("Regulations")
    INSTRUCTION = "instruction", _("Instructions for the program")
    SCRIPT = "script", _("Scripts")
    JOB = "job", _("Job descriptions")
    TYPOLOGY = "typology", _("Typology")
    KNOWLEDGE = "knowledge", _("Knowledge base")


class Setup(models.TextChoices):
    """Settings of the program that carry a regulation out (R281): when they change, its text is looked through."""

    TYPOLOGY = "typology", _("typology")
    PIPELINES = "pipelines", _("pipelines and stages")
    RULES = "rules", _("rules of the night")
    CONTACT_NORM = "contact_norm", _("contact norm")
    COMPLETENESS = "completeness", _("what has to be known of a client")


class State(models.TextChoices):
    """Where a version stands."""

    DRAFT = "draft", pgettext_lazy("article", "draft")
    WAITING = "waiting", pgettext_lazy("article", "waits for approval")
    IN_FORCE = "in_force", pgettext_lazy("article", "in force")


class Article(models.Model):
    """A page of the book; its words are in its versions. It is never deleted, only withdrawn.

    `explains` are keys of places of the program that lead here (`staff.handbook.rules`), beside its own code.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    section = models.CharField(_("section"), max_length=12, choices=Section)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    owner = models.ForeignKey(
        "staff.Employee",
        verbose_name=_("who answers for it"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    must_read = models.BooleanField(
        _("to be read"), default=False, help_text=_("Everybody it concerns confirms having read and understood it.")
    )
    term_days = models.PositiveSmallIntegerField(
        _("days to read it"), default=5, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), verbose_name=_("roles"), default=list)
    positions = models.ManyToManyField("staff.Position", verbose_name=_("positions"), blank=True, related_name="+")
    branches = models.ManyToManyField("staff.Branch", verbose_name=_("branches"), blank=True, related_name="+")
    explains = ArrayField(models.CharField(max_length=60), verbose_name=_("explains"), default=list)
    rests_on = ArrayField(
        models.CharField(max_length=20, choices=Setup.choices), verbose_name=_("carried out by"), default=list
    )
    to_review_since = models.DateTimeField(null=True, editable=False, help_text="its settings changed after its text")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        "staff.Employee", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    withdrawn_why = models.CharField(_("why"), max_length=300, blank=True, editable=False)
    seen = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="article_withdrawn_by_somebody",
                violation_error_message=_("A withdrawal says by whom and when."),
            )
        ]

    def __str__(self) -> str:
        return self.code


class ArticleVersion(models.Model):
    """What an article says from a day on; once in force it is kept, and the highest number in force holds."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    text = models.TextField(
        _("text"),
        help_text=_("Markdown: ## heading, - list, - [ ] checklist, | table |, [words](/address/)."),
        max_length=60_000,
    )
    text_en = models.TextField(_("text in English"), blank=True, max_length=60_000)
    changed = models.CharField(_("what changed"), max_length=300, blank=True)
    asks_again = models.BooleanField(
        _("needs reading again"), default=False, help_text=_("Leave it empty for a correction.")
    )
    author = models.ForeignKey("staff.Employee", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))
    returned = models.CharField(_("why it was returned"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("in force since"), null=True)
    published_by = models.ForeignKey("staff.Employee", null=True, on_delete=models.PROTECT, related_name="+")
    seen = models.PositiveIntegerField(default=1, help_text="grows with each change: the second person is told")

    class Meta:
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["article"],
                condition=~Q(state="in_force"),
                name="one_version_in_work",
                violation_error_message=_("This article has a draft already."),
            ),
            models.CheckConstraint(
                condition=Q(state="in_force", published_at__isnull=False)
                | (~Q(state="in_force") & Q(published_at__isnull=True)),
                name="version_in_force_since",
                violation_error_message=_("A version in force says since when."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="version_is_kept",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="in_force"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.shown_title} ({self.number})"

    @property
    def shown_title(self) -> str:
        """The title in the reader's language, else in Russian."""
        return (self.title_en if get_language() == "en" else "") or self.title

    @property
    def shown_text(self) -> str:
        """The Markdown in the reader's language, else in Russian."""
        return (self.text_en if get_language() == "en" else "") or self.text

    @property
    def lacks_language(self) -> bool:
        """Say whether the Russian is shown to somebody who reads English."""
        return get_language() == "en" and not self.text_en


class Acknowledgement(models.Model):
    """Somebody has read and understood a version."""

    version = models.ForeignKey(ArticleVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey("staff.Employee", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="a_version_is_read_once")]
        triggers = [pgtrigger.ReadOnly(name="acknowledgement_is_kept")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.version_id}"


class Quiz(models.Model):
    """A test of an article (R284): the newest number holds, results stay with the one they were given for."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="quizzes")
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(
        _("questions"),
        max_length=20_000,
        help_text=_("A line with “?” is a question, “+” a right answer below it, “-” a wrong one."),
    )
    text_en = models.TextField(_("questions in English"), max_length=20_000, blank=True)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, %"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    tries = models.PositiveSmallIntegerField(
        _("tries"), default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    author = models.ForeignKey("staff.Employee", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("test of an article")
        verbose_name_plural = _("tests of articles")
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_quiz_per_number")]
        triggers = [pgtrigger.ReadOnly(name="quiz_is_kept")]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.number}"


class QuizTry(models.Model):
    """Somebody's answers to a test: `given` are the chosen answers by question, `right` of `asked` are right."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="results")
    person = models.ForeignKey("staff.Employee", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("try"))
    given = models.JSONField(_("answers"), default=list)
    right = models.PositiveSmallIntegerField(_("right answers"))
    asked = models.PositiveSmallIntegerField(_("questions"))
    passed = models.BooleanField(_("passed"))
    at = models.DateTimeField(_("when"))
    submission = models.UUIDField(unique=True, default=uuid.uuid4, help_text="of the form: a double click is one try")

    class Meta:
        verbose_name = _("try of a test")
        verbose_name_plural = _("tries of tests")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "person", "number"], name="one_try_per_number"),
            models.CheckConstraint(condition=Q(right__lte=models.F("asked")), name="right_answers_of_those_asked"),
        ]
        triggers = [pgtrigger.ReadOnly(name="try_is_kept")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.right}/{self.asked}"
