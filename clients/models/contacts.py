"""Whom we talk to: people of a client, ways to reach them, their needs, arguments and objections."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.client import Client
from clients.models.named import Named
from clients.models.products import Category
from clients.models.typology import Sphere


class DecisionRole(models.TextChoices):
    """What a person has to do with a purchase; empty: not known (R49)."""

    DECIDES = "decides", _("decides")
    INFLUENCES = "influences", _("influences")
    USES = "uses", _("uses")
    BUYS = "buys", _("buys")
    KEEPS_GATE = "gate", _("keeps the gate")


class PointKind(models.TextChoices):
    """Ways to reach a person or a company (R48)."""

    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    TELEGRAM = "telegram", "Telegram"
    WHATSAPP = "whatsapp", "WhatsApp"
    MAX = "max", "MAX"
    VK = "vk", _("VK")
    SITE = "site", _("site")
    OTHER = "other", _("other")


class NeedState(models.TextChoices):
    """How far a need has come (R52)."""

    OPEN = "open", pgettext_lazy("need", "open")
    OFFERED = "offered", pgettext_lazy("need", "offered")
    CLOSED = "closed", pgettext_lazy("need", "closed")


class DecisionLevel(Named):
    """A level decisions are made on: a dictionary (R49); of all spheres, or of one."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    sphere = models.ForeignKey(
        Sphere, verbose_name=_("sphere"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("decision level")
        verbose_name_plural = _("decision levels")
        ordering = ["order", "pk"]


class SupplierCriterion(Named):
    """What matters in a supplier: a dictionary (R57)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("supplier criterion")
        verbose_name_plural = _("supplier criteria")
        ordering = ["order", "pk"]


class ClientCriterion(models.Model):
    """What matters to a client in a supplier, the most important first (R57)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="criteria", db_index=False)
    criterion = models.ForeignKey(SupplierCriterion, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(help_text="1 is the most important")

    class Meta:
        verbose_name = _("criterion of the client")
        verbose_name_plural = _("criteria of clients")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["client", "criterion"], name="criterion_once_per_client"),
            models.UniqueConstraint(
                fields=["client", "place"],
                name="one_criterion_per_place",
                deferrable=models.Deferrable.DEFERRED,  # two may change places in one transaction
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.place}. {self.criterion}"


@pghistory.track()
class Contact(models.Model):
    """A person of a client (R48, R49); who no longer works there stays, with the day of leaving."""

    client = models.ForeignKey(
        Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="contacts", db_index=False
    )
    name = models.CharField(_("full name"), max_length=200)
    name_key = models.CharField(max_length=255, blank=True, help_text="normalised name: search, duplicates, intake")
    position = models.CharField(_("position"), max_length=150, blank=True)
    role = models.CharField(_("part in the decision"), max_length=10, choices=DecisionRole.choices, blank=True)
    level = models.ForeignKey(
        DecisionLevel,
        verbose_name=_("decision level"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    preferred = models.CharField(_("preferred channel"), max_length=10, choices=PointKind.choices, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    data_consent_on = models.DateField(_("consent to personal data"), null=True, blank=True)
    mailing_consent_on = models.DateField(_("consent to mailings"), null=True, blank=True)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("verified by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    left_on = models.DateField(_("left the company on"), null=True, blank=True)
    created_on = models.DateField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            GinIndex(fields=["name_key"], opclasses=["gin_trgm_ops"], name="contact_name_trgm"),  # search with typos
        ]
        constraints = [
            # what points refer to, so that a point's contact is of the point's client; serves the contacts of a client
            models.UniqueConstraint(fields=["client", "id"], name="contact_of_its_client"),
            models.CheckConstraint(
                condition=~Q(name=""), name="contact_has_a_name", violation_error_message=_("A contact has a name.")
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(verified_on__isnull=False),
                name="verified_on_a_day",
                violation_error_message=_("Who verified a contact did it on a day."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ContactPoint(models.Model):
    """A way to reach a person, or the company itself when no contact is named (R3, R48); a dead one does not count.

    The database refuses a contact of another client (migration `contacts`), and moves the points of a contact
    along when the contact is moved to another client.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="points", db_index=False)
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("contact"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="points",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=PointKind.choices)
    value = models.CharField(_("value"), max_length=255, help_text="as written")
    value_key = models.CharField(max_length=255, db_collation="C", help_text="normalised: search, duplicates, intake")
    failed_attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    is_doubtful = models.BooleanField(_("asks to be renewed"), default=False, db_default=False)
    dead_on = models.DateField(_("dead since"), null=True, blank=True)
    dead_reason = models.CharField(_("why it is dead"), max_length=200, blank=True)
    dead_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("way to reach")
        verbose_name_plural = _("ways to reach")
        indexes = [
            models.Index(fields=["value_key"], name="contactpoint_value_key"),  # duplicates, intake
            GinIndex(fields=["value_key"], opclasses=["gin_trgm_ops"], name="contactpoint_value_trgm"),  # by part
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind", "value_key"],
                name="point_once_per_client",
                violation_error_message=_("The client has this one already."),
            ),
            models.CheckConstraint(
                condition=~Q(value_key=""), name="point_has_a_value", violation_error_message=_("It has no value.")
            ),
            models.CheckConstraint(
                condition=Q(is_doubtful=False) | Q(failed_attempts__gt=0), name="doubted_for_attempts"
            ),
            models.CheckConstraint(
                condition=Q(dead_on__isnull=True) | ~Q(dead_reason=""),
                name="dead_with_a_reason",
                violation_error_message=_("Say why it is dead."),
            ),
        ]

    def __str__(self) -> str:
        return self.value


class Noted(models.Model):
    """What a person of a client said, on a day: its words are never changed."""

    text = models.CharField(_("text"), max_length=500)
    noted_on = models.DateField()
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


class Need(Noted):
    """What a person of a client needs, said (explicit) or concluded (implicit), and how far it has come (R52)."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="needs")
    category = models.ForeignKey(
        Category, verbose_name=_("category"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_explicit = models.BooleanField(_("said by the client"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=NeedState.choices, default=NeedState.OPEN)
    state_on = models.DateField(null=True, blank=True)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        triggers = [
            pgtrigger.ReadOnly(name="need_keeps_its_words", fields=["text", "category", "is_explicit", "noted_on"])
        ]


class Argument(Noted):
    """What convinces a person of a client (R53); one that does not any more is withdrawn."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="arguments")
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("argument")
        verbose_name_plural = _("arguments")
        triggers = [pgtrigger.ReadOnly(name="argument_keeps_its_words", fields=["text", "noted_on"])]


class Objection(Noted):
    """What a person of a client objects, what we answered, and whether it helped (R51).

    `known`: it is one of the library; `communication`: the talk it was heard in, where one was logged.
    """

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="objections")
    known = models.ForeignKey(
        "clients.TypicalObjection", null=True, blank=True, on_delete=models.PROTECT, related_name="heard"
    )
    communication = models.ForeignKey(
        "clients.Communication", null=True, blank=True, on_delete=models.PROTECT, related_name="objections"
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    helped = models.BooleanField(_("the answer helped"), null=True, blank=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        indexes = [models.Index(fields=["noted_on"], name="objection_by_day")]  # what was heard within a year
        constraints = [
            models.UniqueConstraint(fields=["communication", "known"], name="objection_once_in_a_talk"),
            models.CheckConstraint(
                condition=Q(helped__isnull=True) | ~Q(answer=""),
                name="helped_by_an_answer",
                violation_error_message=_("Only an answer helps: say what was answered."),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="objection_keeps_its_words", fields=["text", "noted_on", "known", "communication"])
        ]
