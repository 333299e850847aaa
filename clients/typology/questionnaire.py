"""The questionnaire of one client: what is asked of it, what is known, what is missing, which type it suggests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clients.models import (
    Answer,
    AnswerType,
    Client,
    Parameter,
    ParameterChoice,
    Question,
    Segment,
    Sign,
    Sphere,
    TypeChoice,
)
from clients.models.answers import SUBJECTS
from clients.typology import suggestion
from clients.typology.catalogue import Catalogue, active
from clients.typology.suggestion import Known, Suggestion
from salescrm.base import show

MOST_CANDIDATES = 3  # segments whose questions are asked while the type is not set


@dataclass(frozen=True)
class Item:
    """One thing to be said of a client: a question, a sign or a parameter, with the answer that holds."""

    kind: str
    subject: Question | Sign | Parameter
    answer: Answer | None = None
    choices: tuple[ParameterChoice, ...] = ()

    @property
    def key(self) -> str:
        """Name the item in the page."""
        return f"{self.kind}-{self.subject.pk}"

    @property
    def answer_type(self) -> str:
        """Say what it is answered with."""
        if isinstance(self.subject, Parameter):
            return self.subject.answer_type
        return AnswerType.TEXT if self.kind == "question" else AnswerType.YES_NO

    @property
    def value(self) -> Any:
        """The value that holds."""
        return None if self.answer is None else self.answer.value

    @property
    def is_known(self) -> bool:
        """Say whether there is an answer."""
        return self.value not in (None, "", [])

    @property
    def words(self) -> str:
        """Say the answer as people read it."""
        if not self.is_known:
            return ""
        names = {one.pk: str(one) for one in self.choices}
        if names:
            chosen = self.value if isinstance(self.value, list) else [self.value]
            return ", ".join(names.get(one, "") for one in chosen if one in names)
        plain = {"yes": _("yes"), "no": _("no"), "noncore": _("not its main business"), True: _("yes")}
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return show.number(self.value)
        return str(plain.get(self.value, self.value))


@dataclass(frozen=True)
class SignGroup:
    """The signs of a segment."""

    segment: Segment
    items: list[Item]

    @property
    def seen(self) -> int:
        """How many were seen."""
        return sum(item.value is True for item in self.items)


@dataclass(frozen=True)
class SphereSigns:
    """The signs of a sphere's segments; the likely spheres stand open."""

    sphere: Sphere
    groups: list[SignGroup]
    is_open: bool

    @property
    def seen(self) -> int:
        """How many were seen."""
        return sum(group.seen for group in self.groups)


@dataclass(frozen=True)
class Questionnaire:
    """Everything asked of one client."""

    client: Client
    catalogue: Catalogue
    known: Known
    suggestion: Suggestion
    latest: TypeChoice | None

    @property
    def suggested(self) -> Segment | None:
        """The suggested segment."""
        best = self.suggestion.best
        return self.catalogue.segments[best.segment] if best else None

    @property
    def candidates(self) -> list[Segment]:
        """The client's type, else the likeliest ones."""
        found = [one.segment for one in self.suggestion.candidates[:MOST_CANDIDATES]]
        if self.client.segment_id:
            found.insert(0, self.client.segment_id)
        return [self.catalogue.segments[pk] for pk in dict.fromkeys(found)]

    @property
    def sphere(self) -> Sphere | None:
        """The sphere whose parameters apply: that of the client's type, else of the suggested one (R34)."""
        if self.client.segment_id:
            return self.catalogue.segments[self.client.segment_id].sphere
        return self.suggested.sphere if self.suggested else None

    @property
    def questions(self) -> list[Item]:
        """The common question, then those of the candidates; one asked of several types stands once."""
        rows = active(self.catalogue.questions.get(None, []))
        for segment in self.candidates:
            rows += active(self.catalogue.questions.get(segment.pk, []))
        found: dict[str, Item] = {}
        for row in rows:
            item = self._item("question", row)
            if row.text not in found or (item.is_known and not found[row.text].is_known):
                found[row.text] = item
        return list(found.values())

    @property
    def parameters(self) -> list[Item]:
        """The key parameters of the client's sphere."""
        return [self._item("parameter", one) for one in self._rows(self.catalogue.parameters, self.sphere)]

    @property
    def signs(self) -> list[SphereSigns]:
        """All signs by sphere and segment."""
        likely = {one.sphere_id for one in self.candidates}
        return [
            SphereSigns(sphere, groups, not likely or sphere.pk in likely)
            for sphere in self.catalogue.spheres
            if (groups := self._groups(sphere))
        ]

    def _groups(self, sphere: Sphere) -> list[SignGroup]:
        offered = [one for one in self.catalogue.of_sphere(sphere) if one.is_active]
        found = [
            SignGroup(one, [self._item("sign", row) for row in self._rows(self.catalogue.signs, one)])
            for one in offered
        ]
        return [group for group in found if group.items]

    @staticmethod
    def _rows(rows: dict[int | None, list[Any]], of: Sphere | Segment | None) -> list[Any]:
        return active(rows.get(of.pk, [])) if of else []

    @property
    def asked(self) -> list[Item]:
        """What counts for completeness: questions and parameters; a sign not seen is no gap."""
        return [*self.questions, *self.parameters]

    @property
    def answered(self) -> list[Item]:
        """What is known."""
        return [item for item in self.asked if item.is_known]

    @property
    def missing(self) -> list[Item]:
        """What is not known."""
        return [item for item in self.asked if not item.is_known]

    def items(self) -> Iterator[Item]:
        """Everything that can be answered now."""
        yield from self.asked
        for sphere in self.signs:
            for group in sphere.groups:
                yield from group.items

    def find(self, kind: str, pk: int) -> Item | None:
        """Return what may be answered now; None for anything that does not apply to the client."""
        return next((item for item in self.items() if item.kind == kind and item.subject.pk == pk), None)

    @property
    def keys(self) -> list[str]:
        """Name what is asked, to see whether an answer changed it."""
        return [item.key for item in self.asked]

    def _item(self, kind: str, subject: Any) -> Item:
        choices: list[ParameterChoice] = []
        if kind == "parameter" and subject.choice_list_id:
            choices = self.catalogue.choices.get(subject.choice_list_id, [])
        return Item(kind, subject, self.known.get((kind, subject.pk)), tuple(choices))

    @property
    def is_returned(self) -> bool:
        """Say whether a head returned the type."""
        return bool(self.latest and self.decision and not self.decision.agreed)

    @property
    def decision(self) -> Any:
        """The head's decision about the latest choice."""
        return getattr(self.latest, "decision", None) if self.latest else None

    @property
    def is_settled(self) -> bool:
        """Say whether the type was set through the questionnaire and holds."""
        return bool(self.latest and self.latest.segment_id == self.client.segment_id and not self.is_returned)

    def asks_reason(self, segment: Segment) -> bool:
        """Say whether a type asks for a reason: it is another than the suggested one, or nothing suggests one (R32)."""
        return self.suggested is None or self.suggested.pk != segment.pk

    @property
    def mark(self) -> str:
        """Mark what the person saw: another mark means somebody set the type meanwhile."""
        return f"{self.latest.pk if self.latest else 0}-{self.client.segment_id or 0}"


def of_client(client: Client) -> Questionnaire:
    """Read the questionnaire of a client: a fixed number of queries."""
    catalogue = Catalogue.read()
    known = known_of(client)
    latest = TypeChoice.objects.filter(client=client).select_related("author", "decision__author").order_by("-pk")
    suggested = suggestion.suggest(catalogue, known, client.legacy_type)
    return Questionnaire(client, catalogue, known, suggested, latest.first())


def known_of(client: Client) -> dict[tuple[str, int], Answer]:
    """Return the answers of a client that hold, by kind and number of their subject."""
    found: dict[tuple[str, int], Answer] = {}
    for answer in Answer.objects.filter(client=client).holding().select_related("author"):
        kind = next(one for one in SUBJECTS if getattr(answer, f"{one}_id") is not None)
        found[kind, getattr(answer, f"{kind}_id")] = answer
    return found
