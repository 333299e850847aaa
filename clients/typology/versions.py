"""Versions of the typology: what was in force on a day, and what one changed against the one before (R47)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Segment, Sphere, TypicalObjection, TypologyVersion
from clients.typology.catalogue import PARTS, Catalogue, active

Content = dict[str, Any]


def content(catalogue: Catalogue) -> Content:
    """Write the typology down as it is offered now."""
    common = active(catalogue.questions.get(None, []))
    return {
        "common_question": common[0].text if common else "",
        "objections": _objections(catalogue.objections_of()),
        "spheres": [_sphere(catalogue, one) for one in catalogue.spheres],
    }


def _sphere(catalogue: Catalogue, sphere: Sphere) -> Content:
    return {
        "code": sphere.code,
        "name": sphere.name,
        "name_en": sphere.name_en,
        "segments": [_segment(catalogue, one) for one in catalogue.of_sphere(sphere) if one.is_active],
        "parameters": [_parameter(catalogue, one) for one in active(catalogue.parameters.get(sphere.pk, []))],
        "steps": [{"kind": one.kind, "text": one.text} for one in active(catalogue.steps.get(sphere.pk, []))],
        "needs": [{"state": one.state, "text": one.text} for one in active(catalogue.needs.get(sphere.pk, []))],
        "problems": [one.text for one in active(catalogue.problems.get(sphere.pk, []))],
        "objections": _objections(catalogue.objections_of(sphere=sphere.pk)),
    }


def _objections(rows: list[TypicalObjection]) -> list[Content]:
    return [{"text": one.text, "answer": one.answer, "role": one.role} for one in active(rows)]


def _segment(catalogue: Catalogue, segment: Segment) -> Content:
    return {
        "code": segment.code,
        "name": segment.name,
        "name_en": segment.name_en,
        "target_group": segment.target_group,
        "priority": segment.priority,
        "words": segment.words,
        **{name: getattr(segment, name) for name in PARTS},
        "signs": [one.text for one in active(catalogue.signs.get(segment.pk, []))],
        "questions": [one.text for one in active(catalogue.questions.get(segment.pk, []))],
        "objections": _objections(catalogue.objections_of(segment=segment.pk)),
        "gaps": catalogue.gaps(segment),
    }


def _parameter(catalogue: Catalogue, parameter: Any) -> Content:
    choices = active(catalogue.choices.get(parameter.choice_list_id, [])) if parameter.choice_list_id else []
    return {
        "name": parameter.name,
        "name_en": parameter.name_en,
        "answer_type": parameter.answer_type,
        "choices": [one.name for one in choices],
    }


def in_force(day: date) -> TypologyVersion | None:
    """Return the version in force on a day; None before the first."""
    return TypologyVersion.objects.filter(effective_from__lte=day).order_by("-effective_from").first()


@dataclass(frozen=True)
class Line:
    """One statement of a version: where it stands and what it says."""

    place: str
    text: str


def changes(before: Content | None, after: Content) -> list[tuple[str, Line]]:
    """Return what a version took away ("-") and added ("+") against the one before."""
    old, new = (dict.fromkeys(lines(one)) if one else {} for one in (before, after))
    gone = [("-", one) for one in old if one not in new]
    return gone + [("+", one) for one in new if one not in old]


def lines(version: Content) -> list[Line]:
    """Say a version line by line."""
    found = [Line(_("Question to everybody"), version["common_question"])]
    found += _objection_lines(version, _("Everybody"))
    for sphere in version["spheres"]:
        place = sphere["name"]
        found += [Line(f"{place}: {_('parameters')}", _said(one)) for one in sphere["parameters"]]
        found += [Line(f"{place}: {_('steps of development')}", one["text"]) for one in sphere["steps"]]
        found += [Line(f"{place}: {_('what is needed')}", one["text"]) for one in sphere["needs"]]
        found += [Line(f"{place}: {_('typical problems')}", one) for one in sphere["problems"]]
        found += _objection_lines(sphere, place)
        for segment in sphere["segments"]:
            found += _lines_of(segment, f"{place} → {segment['name']}")
    return [line for line in found if line.text]


def _lines_of(segment: Content, place: str) -> list[Line]:
    head = " · ".join(str(one) for one in (segment["target_group"], segment["priority"]) if one)
    found = [Line(place, head)]
    for name in (*PARTS, "words"):
        label = label_of(name)
        found += [Line(f"{place}: {label}", text) for text in segment[name].splitlines()]
    found += [Line(f"{place}: {_('signs')}", text) for text in segment["signs"]]
    found += [Line(f"{place}: {_('questions')}", text) for text in segment["questions"]]
    return found + _objection_lines(segment, place)


def _objection_lines(part: Content, place: str) -> list[Line]:
    """Say the objections of a part with their answers; versions of before have none."""
    said = part.get("objections", [])
    return [Line(f"{place}: {_('objections and answers')}", f"{one['text']} – {one['answer']}") for one in said]


def label_of(name: str) -> str:
    """Return how a part of a segment's profile is called."""
    field: Any = Segment._meta.get_field(name)
    return str(field.verbose_name)


def _said(parameter: Content) -> str:
    chosen = f" ({', '.join(parameter['choices'])})" if parameter["choices"] else ""
    return f"{parameter['name']}{chosen}"
