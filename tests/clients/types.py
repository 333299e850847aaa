"""A small typology for tests: two spheres, three types, a parameter of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clients.models import (
    Answer,
    ChoiceList,
    Client,
    LegacyType,
    Parameter,
    ParameterChoice,
    Question,
    Segment,
    Sign,
    Sphere,
    TypeChoice,
)
from staff.models import Employee
from tests.conftest import TODAY


@dataclass
class Types:
    """Rows by their codes."""

    spheres: dict[str, Sphere]
    segments: dict[str, Segment]
    signs: dict[str, Sign]
    questions: dict[str, Question]
    parameters: dict[str, Parameter]
    choices: dict[str, ParameterChoice]
    legacy: dict[str, LegacyType]


PARTS = ("description", "criteria", "business", "decisions", "consumption", "development")


def make_types() -> Types:
    """Make advertising (agency, production) and trade (shop); only the agency's profile is complete."""
    spheres = {code: Sphere.objects.create(code=code, name=code) for code in ("advertising", "trade")}
    full = dict.fromkeys(PARTS, "сказано")
    segments = {
        "agency": _segment(spheres["advertising"], "agency", target_group="1.1", words="кампан, креатив", **full),
        "production": _segment(
            spheres["advertising"], "production", target_group="1.1", words="печат, свое оборудован"
        ),
        "shop": _segment(spheres["trade"], "shop", target_group="1.3", words="розниц"),
    }
    signs = {
        code: Sign.objects.create(code=code, segment=segments[code[:-1]], text=f"признак {code}")
        for code in ("agency1", "agency2", "production1", "production2", "shop1")
    }
    questions = {"common": Question.objects.create(code="common", text="Для каких целей?")}
    for code in ("agency", "production", "shop"):
        questions[code] = Question.objects.create(code=code, segment=segments[code], text=f"Вопрос {code}?", order=10)
    lists = {code: ChoiceList.objects.create(code=code, name=code) for code in ("form", "goods")}
    made = (("opt", "form", "shop"), ("chain", "form", None), ("caps", "goods", None), ("polo", "goods", None))
    choices = {
        code: ParameterChoice.objects.create(
            code=code, name=code, choice_list=lists[name], segment=segments[to] if to else None, order=n
        )
        for n, (code, name, to) in enumerate(made)
    }
    ad, trade = spheres["advertising"], spheres["trade"]
    lead = {"yes_segment": segments["production"], "no_segment": segments["agency"]}
    parameters = {
        "equipment": _parameter(ad, "equipment", "yes_no", **lead),
        "core": _parameter(ad, "core", "yes_no_noncore", yes_segment=segments["production"]),
        "scale": _parameter(ad, "scale", "text"),
        "goods": _parameter(ad, "goods", "multi", choice_list=lists["goods"]),
        "form": _parameter(trade, "form", "single", choice_list=lists["form"]),
        "shops": _parameter(trade, "shops", "int"),
    }
    legacy = {
        "stated": _legacy(1, segments["shop"], "stated"),
        "proposed": _legacy(2, segments["shop"], "proposed"),
        "manual": _legacy(3, segments["shop"], "manual"),
    }
    return Types(spheres, segments, signs, questions, parameters, choices, legacy)


def _segment(sphere: Sphere, code: str, **fields: Any) -> Segment:
    return Segment.objects.create(sphere=sphere, code=code, name=code, **fields)


def _parameter(sphere: Sphere, code: str, answer_type: str, **fields: Any) -> Parameter:
    return Parameter.objects.create(sphere=sphere, code=code, name=code, answer_type=answer_type, **fields)


def _legacy(number: int, segment: Segment, basis: str) -> LegacyType:
    return LegacyType.objects.create(
        code=f"old-{number}", number=number, name=f"OLD{number}", segment=segment, basis=basis
    )


def answer(client: Client, author: Employee, value: Any, **subject: Any) -> Answer:
    """Add an answer of the frozen day."""
    return Answer.objects.create(client=client, author=author, value=value, day=TODAY, **subject)


def tick(client: Client, author: Employee, *signs: Sign) -> None:
    """Tick signs."""
    for sign in signs:
        answer(client, author, True, sign=sign)


def choose(client: Client, author: Employee, segment: Segment, **fields: Any) -> TypeChoice:
    """Set a type as an action would: the client has it."""
    Client.objects.filter(pk=client.pk).update(segment=segment)
    return TypeChoice.objects.create(client=client, segment=segment, author=author, day=TODAY, **fields)
