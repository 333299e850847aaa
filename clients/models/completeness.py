"""How complete and correct what is known of a client is: its fields, the rules, and what people verified (R4, R5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.client import Client
from clients.querysets import CompletenessRulesQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_WEIGHT = 10
MOST_MONTHS = 60


class CompletenessPart(models.TextChoices):
    """What has to be known of a client (R3, R29, R34); how each is filled says the view `clients_completenessfield`."""

    INN = "inn", _("INN")
    CITY = "city", _("city")
    REGION = "region", _("region")
    BUYER_KIND = "buyer_kind", _("wholesale or retail")
    TYPE = "type", pgettext_lazy("client", "type")
    CONTACT = "contact", _("full name of a contact")
    POSITION = "position", _("position of a contact")
    DECIDER = "decider", _("decision maker")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    MESSENGER = "messenger", _("messenger")
    SOCIAL = "social", _("social network")
    QUESTIONS = "questions", _("questions of the type")
    PARAMETERS = "parameters", _("key parameters of the sphere")


class VerifiedBlock(models.TextChoices):
    """What is verified at one go (R5); a contact is a block of its own and carries its verification itself."""

    COMPANY = "company", _("The company")
    POINTS = "points", _("Phones and addresses of the company")
    QUESTIONNAIRE = "questionnaire", _("Type questionnaire")


class Verification(models.Model):
    """Somebody said that a block of a client's fields is right; append-only, once a day, the latest holds (R5)."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="verifications", db_index=False)
    block = models.CharField(max_length=15, choices=VerifiedBlock.choices)
    day = models.DateField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        constraints = [  # serves the view: the latest of a block of a client
            models.UniqueConstraint(fields=["client", "block", "day"], name="verified_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.block} {self.day}"


def weight(part: CompletenessPart) -> models.PositiveSmallIntegerField[int, int]:
    """Build a field: how much a part counts; 0: it is not asked for."""
    return models.PositiveSmallIntegerField(part.label, default=1, validators=[MaxValueValidator(MOST_WEIGHT)])


def share(label: _StrPromise, default: int) -> models.PositiveSmallIntegerField[int, int]:
    """Build a field: a share in per cent."""
    between = [MinValueValidator(1), MaxValueValidator(100)]
    return models.PositiveSmallIntegerField(label, default=default, validators=between)


def months(label: _StrPromise, default: int) -> models.PositiveSmallIntegerField[int, int]:
    """Build a field: for how many months a verification holds."""
    between = [MinValueValidator(1), MaxValueValidator(MOST_MONTHS)]
    return models.PositiveSmallIntegerField(label, default=default, validators=between)


class CompletenessRules(models.Model):
    """How much each part counts, what is enough, how long a verification holds; append-only, the latest holds."""

    top_pass = share(_("enough for TOP, %"), 90)
    other_pass = share(_("enough for others, %"), 70)
    top_months = months(_("a verification holds for TOP, months"), 6)
    other_months = months(_("a verification holds for others, months"), 12)
    weight_inn = weight(CompletenessPart.INN)
    weight_city = weight(CompletenessPart.CITY)
    weight_region = weight(CompletenessPart.REGION)
    weight_buyer_kind = weight(CompletenessPart.BUYER_KIND)
    weight_type = weight(CompletenessPart.TYPE)
    weight_contact = weight(CompletenessPart.CONTACT)
    weight_position = weight(CompletenessPart.POSITION)
    weight_decider = weight(CompletenessPart.DECIDER)
    weight_phone = weight(CompletenessPart.PHONE)
    weight_email = weight(CompletenessPart.EMAIL)
    weight_messenger = weight(CompletenessPart.MESSENGER)
    weight_social = weight(CompletenessPart.SOCIAL)
    weight_questions = weight(CompletenessPart.QUESTIONS)
    weight_parameters = weight(CompletenessPart.PARAMETERS)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CompletenessRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of completeness")
        verbose_name_plural = _("rules of completeness")
        constraints = [
            models.CheckConstraint(
                condition=Q(top_pass__range=(1, 100), other_pass__range=(1, 100)),
                name="completeness_share",
                violation_error_message=_("Enough is from 1 to 100 %."),
            ),
            models.CheckConstraint(
                condition=Q(top_months__range=(1, MOST_MONTHS), other_months__range=(1, MOST_MONTHS)),
                name="completeness_months",
                violation_error_message=_("A verification holds from 1 to 60 months."),
            ),
            models.CheckConstraint(
                condition=Q(**{f"weight_{part}__lte": MOST_WEIGHT for part in CompletenessPart.values}),
                name="completeness_weights",
                violation_error_message=_("A field counts from 0 to 10."),
            ),
            models.CheckConstraint(
                condition=Q(*[(f"weight_{part}__gt", 0) for part in CompletenessPart.values], _connector=Q.OR),
                name="completeness_asks_something",
                violation_error_message=_("At least one field has to count."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at}"

    @property
    def weights(self) -> dict[CompletenessPart, int]:
        """How much each part counts; those that are not asked for are left out."""
        found = {part: int(getattr(self, f"weight_{part}")) for part in CompletenessPart}
        return {part: weight for part, weight in found.items() if weight}

    def enough(self, *, top: bool) -> int:
        """Return what is enough, in per cent."""
        return self.top_pass if top else self.other_pass


class CompletenessWrite(models.Model):
    """One writing of completeness and correctness that changed something: totals of lists hold until the next."""

    day = models.DateField()
    clients = models.PositiveIntegerField(help_text="how many changed")

    def __str__(self) -> str:
        return f"{self.day}: {self.clients}"
