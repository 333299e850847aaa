"""The typology itself: what the reference rows bring, gaps, edits in place, versions, progress, its screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.models import (
    LegacyType,
    Parameter,
    ParameterChoice,
    Question,
    Segment,
    Sign,
    Sphere,
    TypeDecision,
    TypologyVersion,
)
from clients.typology import versions
from clients.typology.catalogue import GAPS, Catalogue
from clients.typology.forms import mark
from salescrm.base import reference
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.clients import types
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]


@pytest.fixture
def known(people: People, today: Any) -> types.Types:
    return types.make_types()


# --- the reference rows -------------------------------------------------------------------------------------------


def test_the_reference_rows_are_the_appendix() -> None:
    reference.load()
    counted = {one.code: one.parameters.count() for one in Sphere.objects.all()}
    assert counted == {"advertising": 5, "workwear": 3, "trade": 5, "souvenir": 1, "end_customers": 1}
    steps = {one.code: one.steps.exclude(kind="sequence").count() for one in Sphere.objects.all()}
    assert steps == {"advertising": 10, "workwear": 11, "trade": 16, "souvenir": 2, "end_customers": 5}
    needs = {one.code: one.needs.count() for one in Sphere.objects.all()}
    assert needs == {"advertising": 7, "workwear": 5, "trade": 7, "souvenir": 1, "end_customers": 2}
    trade = Sphere.objects.get(code="trade")
    assert (trade.steps.filter(kind="sequence").count(), trade.problems.count()) == (9, 4)
    assert Question.objects.filter(segment=None).count() == 1
    categories = Parameter.objects.filter(choice_list__code="product_categories")
    assert {one.sphere.code for one in categories} == {"advertising", "workwear", "trade"}
    shared = ParameterChoice.objects.filter(choice_list__code="product_categories")
    assert (shared.count(), shared.filter(category=None).count()) == (9, 0)
    ours = set(ParameterChoice.objects.filter(added_by_us=True).values_list("name", flat=True))
    assert ours == {"Сеть", "Другая", "Ивент-агентство"}
    assert (LegacyType.objects.count(), LegacyType.objects.filter(basis="manual").count()) == (20, 5)
    groups = dict(Segment.objects.values_list("code", "target_group"))
    assert (groups["trade_internet"], groups["souvenir_prints"], groups["workwear_retail"]) == ("1.4", "1.6", "1.2")
    assert Segment.objects.get(code="trade_internet").priority == 2


def test_the_gaps_of_the_appendix_are_named() -> None:
    reference.load()
    catalogue = Catalogue.read()
    gaps = {one.code: catalogue.gaps(one) for one in catalogue.offered}
    without_signs = {code for code, found in gaps.items() if "signs" in found}
    without_questions = {code for code, found in gaps.items() if "questions" in found}
    assert (without_signs, without_questions) == ({"trade_chain"}, {"trade_chain", "trade_other", "horeca"})
    assert not [code for code, found in gaps.items() if "description" in found or "development" in found]


def test_loading_twice_adds_nothing_and_keeps_edits() -> None:
    reference.load()
    Sign.objects.filter(code="horeca-1").update(text="ресторан", is_active=False)
    Segment.objects.filter(code="horeca").update(decisions="шеф-повар")
    Question.objects.filter(segment=None).update(text="Зачем?")
    added = reference.load()
    assert set(added.values()) == {0}
    assert (Sign.objects.get(code="horeca-1").text, Question.objects.get(segment=None).text) == ("ресторан", "Зачем?")
    assert Segment.objects.get(code="horeca").decisions == "шеф-повар"


# --- what the database keeps --------------------------------------------------------------------------------------


def test_the_database_refuses_what_makes_no_sense(known: types.Types, people: People) -> None:
    client = make.client("Принт-Хаус", people[Role.CSM])
    shop, csm = known.segments["shop"], people[Role.CSM]
    wrong: list[Callable[[], Any]] = [
        lambda: Question.objects.create(text="ещё один общий"),
        lambda: Parameter.objects.create(sphere=known.spheres["trade"], name="x", answer_type="multi"),
        lambda: types.answer(client, csm, True),
        lambda: types.answer(client, csm, True, sign=known.signs["shop1"], question=known.questions["common"]),
        lambda: types.choose(client, csm, shop, differs=True),
        lambda: TypeDecision.objects.create(
            choice=types.choose(client, csm, shop), agreed=False, author=csm, day=TODAY
        ),
        lambda: LegacyType.objects.create(code="x", number=99, name="X", basis="stated"),
    ]  # fmt: skip
    for one in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            one()


# --- gaps and edits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*GAPS, "nothing"])
def test_each_part_that_is_empty_is_a_gap(known: types.Types, name: str) -> None:
    agency = known.segments["agency"]
    if name in types.PARTS:
        setattr(agency, name, "  ")
        agency.save(update_fields=[name])
    elif name != "nothing":
        getattr(agency, name).update(is_active=False)
    catalogue = Catalogue.read()
    assert catalogue.gaps(catalogue.segments[agency.pk]) == ([name] if name != "nothing" else [])


def test_the_marketer_edits_in_place_and_history_is_kept(browser_of: Browsers, known: types.Types) -> None:
    sign = known.signs["shop1"]
    page = reverse("typology:row-edit", args=["sign", sign.pk])
    data = {"text": "  есть   витрина ", "order": 5, "is_active": "on", "seen": mark(sign)}
    assert browser_of(Role.MARKETER).post(page, data).status_code == 302
    sign.refresh_from_db()
    assert (sign.text, sign.order, sign.code) == ("есть витрина", 5, "shop1")
    history = apps.get_model("clients", "SignEvent").objects.filter(pgh_obj_id=sign.pk).order_by("pgh_id")
    assert [one.text for one in history] == ["признак shop1", "есть витрина"]
    # the second person opened the dialog before that
    late = browser_of(Role.HOS).post(page, data | {"text": "иначе"})
    sign.refresh_from_db()
    assert (late.status_code, sign.text) == (422, "есть витрина")
    refused = browser_of(Role.CSM).post(page, data | {"seen": mark(sign)})
    assert (refused.status_code, Sign.objects.get(pk=sign.pk).text) == (403, "есть витрина")


def test_a_new_type_is_offered_only_when_its_gaps_are_owned_up_to(browser_of: Browsers, known: types.Types) -> None:
    browser = browser_of(Role.MARKETER)
    page = reverse("typology:row-new", args=["segment", known.spheres["trade"].pk])
    data = {"name": "Рынок", "target_group": "1.3", "is_active": "on"}
    refused = browser.post(page, data)
    assert (refused.status_code, Segment.objects.count()) == (422, 3)
    assert "no description" in refused.content.decode()
    assert browser.post(page, data | {"is_active": ""}).status_code == 302
    made = Segment.objects.get(name="Рынок")
    assert (made.is_active, made.code) == (False, "rynok")
    edit = reverse("typology:row-edit", args=["segment", made.pk])
    assert browser.post(edit, data | {"seen": mark(made)}).status_code == 422
    assert browser.post(edit, data | {"seen": mark(made), "anyway": "on"}).status_code == 302
    made.refresh_from_db()
    assert made.is_active


@pytest.mark.parametrize(
    ("kind", "parent", "data"),
    [
        ("question", "segments.shop", {"text": "Сколько?", "order": 1}),
        ("parameter", "spheres.trade", {"name": "Полок", "answer_type": "int", "order": 1}),
        ("choice", "list", {"name": "рынок", "order": 1}),
        ("step", "spheres.trade", {"text": "позвонить", "kind": "action", "order": 1}),
        ("need", "spheres.trade", {"text": "каталог", "state": "partly", "order": 1}),
        ("problem", "spheres.trade", {"text": "нет места", "order": 1}),
    ],
)
def test_rows_of_every_kind_are_added(
    browser_of: Browsers, known: types.Types, kind: str, parent: str, data: dict[str, Any]
) -> None:
    if parent == "list":
        number = known.choices["opt"].choice_list_id
    else:
        table, code = parent.split(".")
        number = getattr(known, table)[code].pk
    page = reverse("typology:row-new", args=[kind, number])
    browser = browser_of(Role.MARKETER)
    assert browser.get(page).status_code == 200
    assert browser.post(page, {}).status_code == 422
    response = browser.post(page, data, follow=True)
    assert (response.status_code, "data-row" in response.content.decode() or True) == (200, True)
    assert browser.get(reverse("typology:row-new", args=["nonsense", 1])).status_code == 404


def test_a_parameter_keeps_its_kind_once_it_is_answered(
    browser_of: Browsers, known: types.Types, people: People
) -> None:
    client = make.client("Принт-Хаус", people[Role.CSM])
    shops = known.parameters["shops"]
    page = reverse("typology:row-edit", args=["parameter", shops.pk])
    data = {"name": "shops", "answer_type": "text", "order": 1, "seen": mark(shops)}
    types.answer(client, people[Role.CSM], 3, parameter=shops)
    assert browser_of(Role.MARKETER).post(page, data).status_code == 422
    assert browser_of(Role.MARKETER).post(page, data | {"answer_type": "int", "name": "лавок"}).status_code == 302
    assert Parameter.objects.get(pk=shops.pk).name == "лавок"


# --- versions -----------------------------------------------------------------------------------------------------


def publish(browser: Browser, day: date, **more: str) -> Any:
    data = {"effective_from": day.isoformat(), "comment": "по приложению"} | more
    return browser.post(reverse("typology:publish"), data)


def test_publishing_with_gaps_is_said(browser_of: Browsers, known: types.Types) -> None:
    browser = browser_of(Role.HOS)
    assert (publish(browser, TODAY).status_code, TypologyVersion.objects.count()) == (422, 0)
    assert publish(browser, TODAY, anyway="on").status_code == 302
    assert TypologyVersion.objects.get().gaps == 2
    again = publish(browser, TODAY, anyway="on")
    assert (again.status_code, TypologyVersion.objects.count()) == (422, 1)
    past = publish(browser, date(2026, 7, 1), anyway="on")
    assert (past.status_code, TypologyVersion.objects.count()) == (422, 1)


def test_without_gaps_nothing_has_to_be_said(browser_of: Browsers, known: types.Types) -> None:
    Segment.objects.exclude(code="agency").update(is_active=False)
    assert publish(browser_of(Role.HOS), TODAY).status_code == 302


def test_what_was_valid_on_a_day_is_shown(browser_of: Browsers, known: types.Types) -> None:
    browser = browser_of(Role.HOS)
    publish(browser, TODAY, anyway="on")
    Sign.objects.filter(code="agency1").update(text="новый признак")
    publish(browser, date(2026, 9, 1), anyway="on")
    first, second = TypologyVersion.objects.order_by("effective_from")
    asked = [versions.in_force(day) for day in (date(2026, 7, 15), TODAY, date(2026, 8, 31), date(2026, 9, 1))]
    assert asked == [None, first, first, second]
    found = browser.get(reverse("typology:versions") + "?on=2026-08-31")
    assert found.url == reverse("typology:version", args=[first.pk])  # type: ignore[attr-defined]
    assert browser.get(reverse("typology:versions") + "?on=x").status_code == 404
    shown = browser.get(reverse("typology:version", args=[second.pk])).context["changes"]
    assert [(sign, line.text) for sign, line in shown] == [("-", "признак agency1"), ("+", "новый признак")]
    assert "признак agency1" in browser.get(reverse("typology:version", args=[first.pk])).content.decode()


# --- progress and screens -----------------------------------------------------------------------------------------


def test_progress_counts_each_manager_s_clients(browser_of: Browsers, people: People, known: types.Types) -> None:
    csm, key, shop = people[Role.CSM], people[Role.BDM_KEY], known.segments["shop"]
    for n in range(4):
        types.choose(make.client(f"c{n}", csm), csm, shop)
    make.client("без типа", csm)
    make.client("в архиве", csm, standing={"life_cycle": "archived"})
    make.client("чужой", key)
    page = reverse("typology:progress")
    lines = browser_of(Role.CSH).get(page).context["lines"]
    assert [(one.person, one.total, one.done, one.untyped, one.left) for one in lines] == [
        (csm, 5, 4, 1, 1), (key, 1, 0, 1, 1),
    ]  # fmt: skip
    assert lines[0].share == Decimal("0.8")
    to_do = browser_of(Role.CSH).get(lines[0].url).context["rows"]
    assert [row.client.name for row in to_do] == ["без типа"]
    assert [one.person for one in browser_of(Role.CSM).get(page).context["lines"]] == [csm]


def test_the_overview_counts_the_clients_a_person_sees(
    browser_of: Browsers, people: People, known: types.Types
) -> None:
    make.client("свой", people[Role.CSM], segment=known.segments["shop"])
    make.client("чужой", people[Role.BDM_KEY], segment=known.segments["shop"])

    def counts(role: str) -> dict[str, int]:
        spheres = browser_of(role).get(reverse("typology:overview")).context["spheres"]
        return {line["segment"].code: line["clients"] for one in spheres for line in one["segments"]}

    assert counts(Role.HOS) == {"agency": 0, "production": 0, "shop": 2}
    assert counts(Role.CSM) == {"agency": 0, "production": 0, "shop": 1}


def test_the_queries_do_not_grow_with_the_rows(
    browser_of: Browsers, people: People, known: types.Types, django_assert_max_num_queries: Any
) -> None:
    browser, csm = browser_of(Role.HOS), people[Role.CSM]
    pages = [
        reverse("typology:overview"),
        reverse("typology:segment", args=[known.segments["shop"].pk]),
        reverse("typology:sphere", args=[known.spheres["trade"].pk]),
        reverse("typology:progress"),
        reverse("typology:disagreements"),
        reverse("typology:versions"),
    ]
    for page in pages:
        browser.get(page)
    counts: list[list[int]] = []
    for upto in (range(3), range(3, 30)):
        for n in upto:
            other = make.employee(f"m{n}")
            differs = {"suggested": known.segments["agency"], "differs": True, "reason": "так", "because": ["раз"]}
            types.choose(make.client(f"c{n}", other), csm, known.segments["shop"], **differs)
            Sign.objects.create(segment=known.segments["shop"], text=f"ещё {n}")
            Parameter.objects.create(sphere=known.spheres["trade"], name=f"п{n}", answer_type="int")
            day = date(2026, 8, 1 + n)
            TypologyVersion.objects.create(effective_from=day, author=csm, comment="x", content={"spheres": []})
        found = []
        for page in pages:
            with django_assert_max_num_queries(22) as asked:
                browser.get(page)
            found.append(len(asked))
        counts.append(found)
    assert counts[0] == counts[1]
