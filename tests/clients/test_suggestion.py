"""The suggested type: points for what is known, with the reason of each."""

from __future__ import annotations

import pytest
from django.utils import translation

from clients.models import Client
from clients.typology import questionnaire
from clients.typology.suggestion import LEAST, Point, speaks_of, weigh
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.clients import types

People = dict[str, Employee]

POINTS = [
    ("nothing", [], None, False),
    ("too little", [(1, LEAST - 1)], None, False),
    ("just enough", [(1, LEAST)], 1, False),
    ("the most wins", [(1, 3), (2, 4)], 2, False),
    ("points add up", [(1, 3), (2, 4), (1, 2)], 1, False),
    ("equal ones: none", [(1, 4), (2, 4)], None, True),
    ("equal and too little", [(1, 2), (2, 2)], None, True),
    ("a third is below two equal", [(1, 4), (2, 4), (3, 3)], None, True),
    ("two equal below the first", [(1, 5), (2, 4), (3, 4)], 1, False),
]


@pytest.mark.parametrize(("points", "best", "is_tie"), [row[1:] for row in POINTS], ids=[row[0] for row in POINTS])
def test_the_segment_with_most_points_is_suggested(
    points: list[tuple[int, int]], best: int | None, is_tie: bool
) -> None:
    found = weigh(Point(segment, weight, f"{segment}") for segment, weight in points)
    assert (found.best.segment if found.best else None, found.is_tie) == (best, is_tie)


WORDS = [
    ("Печатаем на футболках", "печат", True),
    ("мы ПЕЧАТНИКИ", "печат", True),
    ("отпечаток", "печат", False),
    ("сами не печатаем", "печат", False),
    ("не знаю, печатаем много", "печат", True),
    ("шьем спецодежду оптом", "спецодежд опт", True),
    ("шьем спецодежду", "спецодежд опт", False),
    ("шьём сами", "шьем", True),
    ("", "печат", False),
    ("печать", "", False),
]


@pytest.mark.parametrize(("text", "word", "speaks"), WORDS)
def test_a_word_is_the_beginning_of_a_word(text: str, word: str, speaks: bool) -> None:
    assert speaks_of(text, word) is speaks


@pytest.fixture
def known(db: None) -> types.Types:
    return types.make_types()


@pytest.fixture
def client(people: People, known: types.Types) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM])


Case = tuple[str, list[str], dict[str, object], str, str, str | None, list[str]]
CASES: list[Case] = [
    ("nothing known", [], {}, "", "", None, []),
    ("one sign", ["agency1"], {}, "", "", "agency", ["sign: признак agency1"]),
    ("signs of two", ["agency1", "production1"], {}, "", "", None, ["sign: признак agency1"]),
    ("more signs win", ["agency1", "production1", "production2"], {}, "", "", "production",
     ["sign: признак production1", "sign: признак production2"]),
    ("a word alone is too little", [], {}, "ведём кампании", "", None, ["an answer speaks of “кампан…”"]),
    ("two words", [], {}, "креативные кампании", "", "agency",
     ["an answer speaks of “кампан…”", "an answer speaks of “креатив…”"]),
    ("yes", [], {"equipment": "yes"}, "", "", "production", ["equipment: yes"]),
    ("no", [], {"equipment": "no"}, "", "", "agency", ["equipment: no"]),
    ("not its main business says nothing", [], {"core": "noncore"}, "", "", None, []),
    ("a parameter outweighs a sign", ["agency1"], {"equipment": "yes"}, "", "", "production", ["equipment: yes"]),
    ("a choice", [], {"form": "opt"}, "", "", "shop", ["form: opt"]),
    ("a choice that leads nowhere", [], {"form": "chain"}, "", "", None, []),
    ("old type, stated", [], {}, "", "stated", "shop", ["old type: OLD1"]),
    ("old type, proposed: too little alone", [], {}, "", "proposed", None, ["old type: OLD2"]),
    ("old type, by hand", [], {}, "", "manual", None, []),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_it_weighs_signs_parameters_words_and_the_old_type(
    client: Client, people: People, known: types.Types, case: Case
) -> None:
    _name, signs, parameters, said, legacy, best, reasons = case
    csm = people[Role.CSM]
    types.tick(client, csm, *(known.signs[one] for one in signs))
    for code, value in parameters.items():
        chosen = known.choices[str(value)].pk if str(value) in known.choices else value
        types.answer(client, csm, chosen, parameter=known.parameters[code])
    if said:
        types.answer(client, csm, said, question=known.questions["common"])
    client.legacy_type = known.legacy.get(legacy)
    with translation.override("en"):
        found = questionnaire.of_client(client)
    assert (found.suggested.code if found.suggested else None) == best
    assert (found.suggestion.candidates[0].reasons if found.suggestion.candidates else []) == reasons


def test_a_sign_taken_back_and_a_type_no_longer_offered_do_not_count(
    client: Client, people: People, known: types.Types
) -> None:
    types.tick(client, people[Role.CSM], known.signs["agency1"], known.signs["shop1"])
    types.answer(client, people[Role.CSM], None, sign=known.signs["agency1"])
    suggested = questionnaire.of_client(client).suggested
    assert suggested == known.segments["shop"]
    known.segments["shop"].is_active = False
    known.segments["shop"].save(update_fields=["is_active"])
    assert questionnaire.of_client(client).suggested is None
