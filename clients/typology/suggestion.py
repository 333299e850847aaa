"""Which type a client probably has: points for what is known of it, with the reason of each in words (R32).

A ticked sign counts 3 for its segment, a parameter's value that speaks for a segment 4, a word of a segment found in an
answer 2, an old type 3 where the typology itself says what it became, else 2. The segment with most points is
suggested; with fewer than three points, or with two segments equal, none is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Answer, AnswerType, Basis, LegacyType, Parameter, Segment, Sign
from clients.typology.catalogue import Catalogue

SIGN, PARAMETER, WORD, STATED, PROPOSED = 3, 4, 2, 3, 2
LEAST = 3
NEGATIONS = {"не", "нет", "без", "not", "no"}
Known = Mapping[tuple[str, int], Answer]


@dataclass(frozen=True)
class Point:
    """What speaks for a segment, how much, and why."""

    segment: int
    weight: int
    reason: str


@dataclass
class Candidate:
    """A segment with what speaks for it."""

    segment: int
    score: int = 0
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Suggestion:
    """The candidates, the likeliest first; `best` is the suggested one, None when nothing is clear."""

    candidates: tuple[Candidate, ...] = ()

    @property
    def best(self) -> Candidate | None:
        """The one clear winner."""
        if not self.candidates or self.candidates[0].score < LEAST or self.is_tie:
            return None
        return self.candidates[0]

    @property
    def is_tie(self) -> bool:
        """Say whether two segments are equally likely."""
        return len(self.candidates) > 1 and self.candidates[0].score == self.candidates[1].score


def weigh(points: Iterable[Point]) -> Suggestion:
    """Add up the points of each segment; equal ones stand in the order of their first point."""
    found: dict[int, Candidate] = {}
    for point in points:
        candidate = found.setdefault(point.segment, Candidate(point.segment))
        candidate.score += point.weight
        candidate.reasons.append(point.reason)
    return Suggestion(tuple(sorted(found.values(), key=lambda one: -one.score)))


def suggest(catalogue: Catalogue, known: Known, legacy: LegacyType | None) -> Suggestion:
    """Weigh what is known of a client; only segments that are offered can be suggested."""
    offered = {one.pk for one in catalogue.offered}
    points = [*_of_signs(catalogue, known), *_of_parameters(catalogue, known), *_of_words(catalogue, known)]
    points += _of_legacy(legacy)
    return weigh(point for point in points if point.segment in offered)


def _of_signs(catalogue: Catalogue, known: Known) -> list[Point]:
    signs: list[Sign] = [one for rows in catalogue.signs.values() for one in rows]
    seen = [one for one in signs if _value(known, "sign", one.pk) is True]
    return [Point(one.segment_id, SIGN, _("sign: %s") % one.text) for one in seen]


def _of_parameters(catalogue: Catalogue, known: Known) -> list[Point]:
    points = []
    for rows in catalogue.parameters.values():
        for parameter in rows:
            value = _value(known, "parameter", parameter.pk)
            for segment, words in _spoken_for(catalogue, parameter, value):
                reason = _("%(parameter)s: %(value)s") % {"parameter": parameter, "value": words}
                points.append(Point(segment, PARAMETER, reason))
    return points


def _spoken_for(catalogue: Catalogue, parameter: Parameter, value: Any) -> list[tuple[int, str]]:
    """Return the segments a parameter's value speaks for; several choices of one segment count once."""
    if parameter.answer_type in (AnswerType.YES_NO, AnswerType.YES_NO_NONCORE):
        segment = {"yes": parameter.yes_segment_id, "no": parameter.no_segment_id}.get(value)
        return [(segment, _("yes") if value == "yes" else _("no"))] if segment else []
    if parameter.choice_list_id is None or value is None:
        return []
    chosen = value if isinstance(value, list) else [value]
    found: dict[int, str] = {}
    for choice in catalogue.choices.get(parameter.choice_list_id, []):
        if choice.pk in chosen and choice.segment_id:
            found.setdefault(choice.segment_id, str(choice))
    return list(found.items())


def _of_words(catalogue: Catalogue, known: Known) -> list[Point]:
    """Each word of a segment counts once, wherever it was said."""
    said = [str(one.value) for (kind, _pk), one in known.items() if kind == "question" and one.value]
    return [
        Point(segment.pk, WORD, _("an answer speaks of “%s…”") % word)
        for segment in catalogue.segments.values()
        for word in words_of(segment)
        if any(speaks_of(text, word) for text in said)
    ]


def words_of(segment: Segment) -> list[str]:
    """Return the words that speak for a segment."""
    return [word for one in segment.words.split(",") if (word := " ".join(one.split()))]


def speaks_of(text: str, word: str) -> bool:
    """Say whether each of the beginnings in `word` begins a word of the text that no “not” stands before."""
    said = ["", *re.findall(r"\w+", text.lower().replace("ё", "е"))]
    meant = [after for before, after in pairwise(said) if before not in NEGATIONS]
    beginnings = word.lower().replace("ё", "е").split()
    return bool(beginnings) and all(any(one.startswith(part) for one in meant) for part in beginnings)


def _of_legacy(legacy: LegacyType | None) -> list[Point]:
    if legacy is None or legacy.segment_id is None or legacy.basis == Basis.MANUAL:
        return []
    weight = STATED if legacy.basis == Basis.STATED else PROPOSED
    return [Point(legacy.segment_id, weight, _("old type: %s") % legacy)]


def _value(known: Known, kind: str, pk: int) -> Any:
    answer = known.get((kind, pk))
    return None if answer is None else answer.value
