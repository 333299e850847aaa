"""Articles of the sales book, their versions, and who has read them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Section(models.TextChoices):
    """Parts of the book, in their order."""

    START = "start", _("First days")
    REGULATION = "regulation", _("Regulations")
    SCRIPT = "script", _("Scripts")
    JOB = "job", _("Job descriptions")
    TYPOLOGY = "typology", _("Typology")
    KNOWLEDGE = "knowledge", _("Knowledge base")


class Article(models.Model):
    """A page of the book; its words are in its versions."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    section = models.CharField(_("section"), max_length=12, choices=Section)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    must_read = models.BooleanField(
        _("to be read"), default=False, help_text=_("Everybody with a log-in confirms having read and understood it.")
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self) -> str:
        return self.code


class ArticleVersion(models.Model):
    """What an article says from a day on; append-only, the highest number holds."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    text = models.TextField(_("text"), help_text=_("Markdown: headings, lists, tables, links."), max_length=60_000)
    text_en = models.TextField(_("text in English"), blank=True, max_length=60_000)
    asks_again = models.BooleanField(
        _("needs reading again"), default=False, help_text=_("Leave it empty for a correction.")
    )
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey("staff.Employee", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_version_per_number")]
        triggers = [pgtrigger.ReadOnly(name="version_is_kept")]

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

    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="acknowledgements")
    person = models.ForeignKey("staff.Employee", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="a_version_is_read_once")]
        triggers = [pgtrigger.ReadOnly(name="acknowledgement_is_kept")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.version_id}"
