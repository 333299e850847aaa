"""The whole typology read at once: a few hundred rows in a fixed number of queries; what is missing in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import (
    DevelopmentNeed,
    DevelopmentStep,
    Parameter,
    ParameterChoice,
    Question,
    Segment,
    Sign,
    Sphere,
    TypicalObjection,
    TypicalProblem,
)

Rows = dict[int | None, list[Any]]
PARTS = ("description", "criteria", "business", "decisions", "consumption", "development")
GAPS = {
    "description": _("no description"),
    "criteria": _("no criteria"),
    "business": _("no way of doing business"),
    "decisions": _("no levels of decision making"),
    "consumption": _("no way of consuming our products"),
    "development": _("no ways of developing sales"),
    "signs": _("no signs"),
    "questions": _("no questions"),
}


@dataclass
class Catalogue:
    """Spheres with their segments, and the lists of both; what is no longer offered is among them."""

    spheres: list[Sphere] = field(default_factory=list)
    segments: dict[int, Segment] = field(default_factory=dict)
    signs: Rows = field(default_factory=dict)
    questions: Rows = field(default_factory=dict)
    parameters: Rows = field(default_factory=dict)
    choices: Rows = field(default_factory=dict)
    steps: Rows = field(default_factory=dict)
    needs: Rows = field(default_factory=dict)
    problems: Rows = field(default_factory=dict)
    objections: list[TypicalObjection] = field(default_factory=list)

    @classmethod
    def read(cls) -> Catalogue:
        """Read all of it."""
        return cls(
            spheres=list(Sphere.objects.order_by("pk")),
            segments={one.pk: one for one in Segment.objects.select_related("sphere").order_by("sphere", "pk")},
            signs=_grouped(Sign.objects.all(), "segment_id"),
            questions=_grouped(Question.objects.all(), "segment_id"),
            parameters=_grouped(Parameter.objects.all(), "sphere_id"),
            choices=_grouped(ParameterChoice.objects.all(), "choice_list_id"),
            steps=_grouped(DevelopmentStep.objects.all(), "sphere_id"),
            needs=_grouped(DevelopmentNeed.objects.select_related("owner"), "sphere_id"),
            problems=_grouped(TypicalProblem.objects.all(), "sphere_id"),
            objections=list(TypicalObjection.objects.order_by("order", "pk")),
        )

    @property
    def offered(self) -> list[Segment]:
        """The segments a client can be given."""
        return [one for one in self.segments.values() if one.is_active]

    def of_sphere(self, sphere: Sphere) -> list[Segment]:
        """Return the segments of a sphere."""
        return [one for one in self.segments.values() if one.sphere_id == sphere.pk]

    def objections_of(self, *, sphere: int | None = None, segment: int | None = None) -> list[TypicalObjection]:
        """Return the objections of a type, of a sphere, or, with neither, of everybody."""
        return [one for one in self.objections if (one.sphere_id, one.segment_id) == (sphere, segment)]

    def gaps(self, segment: Segment) -> list[str]:
        """Name what an obligatory profile lacks (R26, R27, R37); the sphere's steps are ways of developing sales."""
        has: dict[str, Any] = {name: getattr(segment, name).strip() for name in PARTS}
        has["development"] = has["development"] or active(self.steps.get(segment.sphere_id, []))
        has["signs"] = active(self.signs.get(segment.pk, []))
        has["questions"] = active(self.questions.get(segment.pk, []))
        return [name for name in GAPS if not has[name]]

    def incomplete(self) -> list[tuple[Segment, list[str]]]:
        """List the segments that are offered although something is missing."""
        found = [(segment, self.gaps(segment)) for segment in self.offered]
        return [(segment, gaps) for segment, gaps in found if gaps]


def active(rows: Sequence[Any]) -> list[Any]:
    """Keep the rows that are offered."""
    return [one for one in rows if one.is_active]


def gap_words(gaps: Sequence[str]) -> list[str]:
    """Say gaps as people read them."""
    return [str(GAPS[one]) for one in gaps]


def _grouped(rows: Iterable[Any], by: str) -> Rows:
    found: Rows = defaultdict(list)
    for row in rows:
        found[getattr(row, by)].append(row)
    return dict(found)
