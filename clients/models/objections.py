"""What clients object, known beforehand, with our answers: the library that is in view while one talks (R51)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.contacts import DecisionRole
from clients.models.typology import Listed, Segment, Sphere
from clients.querysets import TypicalObjectionQuerySet


@pghistory.track()
class TypicalObjection(Listed):
    """An objection with its answer: of clients of one type, of a sphere, or of everybody (R51).

    `role`: who objects so, empty: anybody. What was answered in a talk is kept with the talk, so a corrected answer
    changes nothing that was said; what the library said before is its history.
    """

    sphere = models.ForeignKey(
        Sphere, null=True, blank=True, on_delete=models.PROTECT, related_name="objections", editable=False
    )
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="objections", editable=False
    )
    role = models.CharField(_("who objects so"), max_length=10, choices=DecisionRole.choices, blank=True)
    text = models.CharField(_("objection"), max_length=300)
    answer = models.TextField(_("our answer"), max_length=500)

    objects = TypicalObjectionQuerySet.as_manager()

    class Meta(Listed.Meta):
        verbose_name = _("objection with its answer")
        verbose_name_plural = _("objections with their answers")
        constraints = [
            *Listed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(sphere__isnull=True) | Q(segment__isnull=True),
                name="objection_of_a_type_or_a_sphere",
                violation_error_message=_("An objection is of a type, of a sphere or of everybody."),
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(answer=""),
                name="objection_has_its_answer",
                violation_error_message=_("An objection stands here with its answer."),
            ),
        ]

    def __str__(self) -> str:
        return self.text
