"""What is known of one client's type: answers, ticked signs, parameters; who set the type and why (R29-R34)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.typology import Parameter, Question, Segment, Sign
from clients.querysets import AnswerQuerySet, TypeChoiceQuerySet

SUBJECTS = ("question", "sign", "parameter")
ONE_SUBJECT = (
    Q(question__isnull=False, sign__isnull=True, parameter__isnull=True)
    | Q(question__isnull=True, sign__isnull=False, parameter__isnull=True)
    | Q(question__isnull=True, sign__isnull=True, parameter__isnull=False)
)


class Answer(models.Model):
    """An answer to a question, a sign seen or a parameter's value, of a client on a day; append-only (R29).

    The latest of a subject holds. `value` is a text, true or false for a sign, and what the type of the parameter
    says: "yes", a choice's number, a list of them, a number, a text; null takes the answer back.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="answers", db_index=False)
    question = models.ForeignKey(Question, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    sign = models.ForeignKey(Sign, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    parameter = models.ForeignKey(Parameter, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.JSONField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer of the questionnaire")
        verbose_name_plural = _("answers of the questionnaire")
        indexes = [models.Index(fields=["client", "-id"], name="answer_of_client")]  # panel, questionnaire
        constraints = [models.CheckConstraint(condition=ONE_SUBJECT, name="answer_has_one_subject")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.value}"


class TypeChoice(models.Model):
    """A type set for a client: what was suggested and why, what was chosen, by whom; append-only (R32).

    The latest of a client holds while the client has that type and no head returned it. Another type than the
    suggested one has a reason and waits for a head's decision.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="type_choices", db_index=False)
    segment = models.ForeignKey(Segment, verbose_name=_("type"), on_delete=models.PROTECT, related_name="+")
    suggested = models.ForeignKey(Segment, null=True, on_delete=models.PROTECT, related_name="+")
    because = models.JSONField(default=list, help_text="the suggestion's reasons in words, as the person saw them")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    differs = models.BooleanField(default=False, help_text="a head has to agree or return it")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    objects = TypeChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice of a type")
        verbose_name_plural = _("choices of a type")
        indexes = [
            models.Index(fields=["client", "-id"], name="typechoice_latest"),  # list filter, progress, card
            models.Index(fields=["id"], condition=Q(differs=True), name="typechoice_differs"),  # heads' list
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(differs=False) | ~Q(reason=""),
                name="another_type_has_a_reason",
                violation_error_message=_("Another type than the suggested one asks for a reason."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.segment_id}"


class TypeDecision(models.Model):
    """What a head decided about a type that differs from the suggested one: one decision per choice (R32)."""

    choice = models.OneToOneField(TypeChoice, on_delete=models.CASCADE, related_name="decision")
    agreed = models.BooleanField()
    note = models.CharField(_("reason"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        verbose_name = _("decision on a type")
        verbose_name_plural = _("decisions on types")
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed=True) | ~Q(note=""),
                name="returned_with_a_reason",
                violation_error_message=_("A type is returned with a reason."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.choice_id} {self.agreed}"
