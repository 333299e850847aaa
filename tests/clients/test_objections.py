"""Objections and answers: the library, what is picked while a talk is logged, what heads see by type (R51)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, Communication, Contact, Objection, TypicalObjection
from clients.typology import objections, versions
from clients.typology.catalogue import Catalogue
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
def known(people: People, today: date) -> types.Types:
    return types.make_types()


@pytest.fixture
def client(people: People, known: types.Types) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM], segment=known.segments["agency"])


@pytest.fixture
def anna(client: Client) -> Contact:
    return make.contact(client, "Волкова Анна", role="decides")


@pytest.fixture
def library(known: types.Types) -> dict[str, TypicalObjection]:
    """An objection of everybody, of each sphere, of a type, and one no longer offered."""
    places: dict[str, dict[str, Any]] = {
        "all": {},
        "advertising": {"sphere": known.spheres["advertising"]},
        "trade": {"sphere": known.spheres["trade"]},
        "agency": {"segment": known.segments["agency"]},
        "production": {"segment": known.segments["production"]},
        "old": {"is_active": False},
    }
    return {
        name: TypicalObjection.objects.create(code=name, text=name, answer=f"ответ {name}", order=n, **place)
        for n, (name, place) in enumerate(places.items())
    }


def heard(contact: Contact, known: TypicalObjection, day: date = TODAY, **more: Any) -> Objection:
    said = {"contact": contact, "known": known, "text": known.text, "answer": known.answer, "noted_on": day}
    return Objection.objects.create(**said | more)


def call(*known: TypicalObjection, **more: Any) -> dict[str, Any]:
    said = {
        "kind": "call", "result": make.result().pk, "text": "Говорили", "way": "out", "day": TODAY,
        "next_kind": "call", "next_on": TODAY + timedelta(days=30), "has_next": "on", "submission": str(uuid4()),
        "heard": [one.pk for one in known],
    }  # fmt: skip
    return said | more


# --- what is offered ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("segment", "found"),
    [("agency", ["agency", "advertising", "all"]), ("shop", ["trade", "all"]), (None, ["all"])],
)
def test_what_is_closest_to_the_type_stands_first(
    people: People, known: types.Types, library: dict[str, TypicalObjection], segment: str | None, found: list[str]
) -> None:
    made = make.client("x", people[Role.CSM], segment=known.segments[segment] if segment else None)
    assert [one.code for one in TypicalObjection.objects.for_client(made)] == found


def test_every_sphere_has_objections_with_answers_from_the_start() -> None:
    reference.load()
    catalogue = Catalogue.read()
    assert catalogue.objections_of()
    assert all(catalogue.objections_of(sphere=one.pk) for one in catalogue.spheres)
    TypicalObjection.objects.filter(code="all-1").update(answer="по-нашему")
    assert set(reference.load().values()) == {0}
    assert TypicalObjection.objects.get(code="all-1").answer == "по-нашему"


def test_the_database_refuses_what_makes_no_sense(
    known: types.Types, library: dict[str, TypicalObjection], anna: Contact, people: People
) -> None:
    talk = make.said(anna.client, people[Role.CSM], TODAY)
    one = heard(anna, library["all"], communication=talk)
    wrong: list[Callable[[], Any]] = [
        lambda: TypicalObjection.objects.create(
            text="x", answer="y", sphere=known.spheres["trade"], segment=known.segments["shop"]
        ),
        lambda: TypicalObjection.objects.create(text="x", answer=""),
        lambda: heard(anna, library["all"], communication=talk),
        lambda: Objection.objects.create(contact=anna, text="x", noted_on=TODAY, helped=True),
        lambda: Objection.objects.filter(pk=one.pk).update(known=library["agency"]),
        lambda: Objection.objects.filter(pk=one.pk).update(text="иначе"),
    ]
    for act in wrong:
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            act()


# --- heard in a talk ----------------------------------------------------------------------------------------------


def test_an_objection_picked_in_the_dialog_is_kept_with_its_answer(
    browser_of: Browsers, client: Client, anna: Contact, library: dict[str, TypicalObjection], people: People
) -> None:
    page = reverse("deals:log-client", args=[client.pk])
    browser = browser_of(Role.CSM)
    form = browser.get(page).content.decode()
    assert "ответ agency" in form
    assert "ответ trade" not in form
    said = call(library["agency"], library["all"], library["trade"], contact=anna.pk)
    said[f"helped_{library['agency'].pk}"] = "no"
    said[f"helped_{library['advertising'].pk}"] = "yes"  # not heard: nothing is kept of it
    for _twice in range(2):
        assert browser.post(page, said).status_code == 302
    talk = Communication.objects.get()
    kept = Objection.objects.order_by("known__code")
    assert [(one.text, one.answer, one.helped) for one in kept] == [
        ("agency", "ответ agency", False), ("all", "ответ all", None),
    ]  # fmt: skip
    assert {(one.contact, one.communication, one.noted_by, one.noted_on) for one in kept} == {
        (anna, talk, people[Role.CSM], TODAY)
    }
    TypicalObjection.objects.update(answer="теперь иначе")
    assert {one.answer for one in Objection.objects.all()} == {"ответ agency", "ответ all"}


def test_without_who_said_it_nothing_is_written(
    browser_of: Browsers, client: Client, anna: Contact, library: dict[str, TypicalObjection]
) -> None:
    page = reverse("deals:log-client", args=[client.pk])
    answer = browser_of(Role.CSM).post(page, call(library["all"]))
    assert (answer.status_code, Communication.objects.count(), Objection.objects.count()) == (422, 0, 0)
    shown = answer.content.decode()
    assert f'value="{library["all"].pk}" checked' in shown


def test_of_a_client_without_people_the_answers_are_only_read(
    browser_of: Browsers, client: Client, library: dict[str, TypicalObjection]
) -> None:
    shown = browser_of(Role.CSM).get(reverse("deals:log-client", args=[client.pk])).content.decode()
    assert "ответ agency" in shown
    assert 'name="heard"' not in shown


def test_a_note_and_a_correction_ask_for_no_objections(
    browser_of: Browsers, client: Client, anna: Contact, library: dict[str, TypicalObjection], people: People
) -> None:
    talk = make.said(client, people[Role.CSM], TODAY)
    page, browser = reverse("deals:log-client", args=[client.pk]), browser_of(Role.CSM)
    for query in ("?kind=note", f"?corrects={talk.pk}"):
        assert "ответ agency" not in browser.get(page + query).content.decode()


def test_the_dialog_asks_as_much_for_many_objections_as_for_few(
    browser_of: Browsers, client: Client, anna: Contact, django_assert_max_num_queries: Any
) -> None:
    page, browser = reverse("deals:log-client", args=[client.pk]), browser_of(Role.CSM)
    asked = []
    for many in (3, 30):
        for number in range(many):
            TypicalObjection.objects.create(text=f"{number}", answer="ответ")
        browser.get(page)
        with django_assert_max_num_queries(40) as queries:
            browser.get(page)
        asked.append(len(queries))
    assert asked[0] == asked[1]


# --- noted of a person --------------------------------------------------------------------------------------------


def test_an_objection_of_the_library_noted_of_a_person_brings_its_answer(
    browser_of: Browsers, client: Client, anna: Contact, library: dict[str, TypicalObjection]
) -> None:
    browser = browser_of(Role.CSM)
    page = reverse("clients:contact-notes", args=[client.pk, anna.pk])
    browser.post(page, {"kind": "objection", "text": "agency"})
    browser.post(page, {"kind": "objection", "text": "trade"})  # of another sphere: a sentence like any other
    kept = {one.text: (one.known, one.answer) for one in Objection.objects.all()}
    assert kept == {"agency": (library["agency"], "ответ agency"), "trade": (None, "")}


def test_whether_the_answer_helped_is_said_and_another_answer_forgets_it(
    browser_of: Browsers, client: Client, anna: Contact, library: dict[str, TypicalObjection]
) -> None:
    one, browser = heard(anna, library["all"]), browser_of(Role.CSM)
    page = reverse("clients:objection-helped", args=[client.pk, one.pk])
    for told, kept in (("yes", True), ("no", False), ("", None), ("yes", True)):
        browser.post(page, {"helped": told})
        one.refresh_from_db()
        assert bool(one.helped is kept)
    assert browser.post(page, {"helped": "perhaps"}).status_code == 400
    answer = reverse("clients:objection-answer", args=[client.pk, one.pk])
    browser.post(answer, {"text": one.answer})
    one.refresh_from_db()
    assert one.helped is True
    browser.post(answer, {"text": "другой ответ"})
    one.refresh_from_db()
    now = Objection.objects.get(pk=one.pk)
    assert (now.answer, now.helped) == ("другой ответ", None)
    Objection.objects.filter(pk=one.pk).update(answer="")
    browser.post(page, {"helped": "yes"})
    one.refresh_from_db()
    assert one.helped is None
    refused = browser_of(Role.DIRECTOR).post(page, {"helped": "no"})
    assert (refused.status_code, Objection.objects.get().helped) == (403, None)


def test_what_is_not_settled_stands_before_the_talk(
    browser_of: Browsers, client: Client, anna: Contact, library: dict[str, TypicalObjection]
) -> None:
    heard(anna, library["all"], helped=True)
    heard(anna, library["agency"], helped=False, answer="прежний ответ")
    page = reverse("segmentation:preparation", args=[client.pk])
    shown = browser_of(Role.CSM).get(page)
    found = shown.context["found"]
    assert [one.text for one in found.heard] == ["agency"]
    assert [one.code for one in found.objections] == ["agency", "advertising", "all"]
    assert "прежний ответ" in shown.content.decode()
    assert not browser_of(Role.MARKETER).get(page).context["found"].heard


# --- the library and what was met ---------------------------------------------------------------------------------


def test_the_marketer_keeps_the_library_and_its_history(
    browser_of: Browsers, known: types.Types, library: dict[str, TypicalObjection]
) -> None:
    one, browser = library["all"], browser_of(Role.MARKETER)
    page = reverse("typology:row-edit", args=["objection", one.pk])
    said = {"text": " Дорого ", "answer": " Сравните\nна равных ", "role": "buys", "order": 1, "is_active": "on"}
    assert browser.post(page, said | {"seen": mark(one)}).status_code == 302
    one.refresh_from_db()
    assert (one.text, one.answer, one.role, one.code) == ("Дорого", "Сравните на равных", "buys", "all")
    history = apps.get_model("clients", "TypicalObjectionEvent").objects.filter(pgh_obj_id=one.pk).order_by("pgh_id")
    assert [row.answer for row in history] == ["ответ all", "Сравните на равных"]
    late = browser_of(Role.HOS).post(page, said | {"answer": "иначе", "seen": "old"})
    assert (late.status_code, TypicalObjection.objects.get(pk=one.pk).answer) == (422, "Сравните на равных")
    places = {
        "objection-of-all": (0, (None, None)),
        "objection": (known.spheres["trade"].pk, (known.spheres["trade"].pk, None)),
        "objection-of-type": (known.segments["shop"].pk, (None, known.segments["shop"].pk)),
    }
    for kind, (parent, place) in places.items():
        new = reverse("typology:row-new", args=[kind, parent])
        assert browser.post(new, {"text": kind, "answer": "ответ", "order": 9, "is_active": "on"}).status_code == 302
        made = TypicalObjection.objects.get(text=kind)
        assert (made.sphere_id, made.segment_id) == place
        assert browser.post(new, {"text": "без ответа", "answer": "", "order": 9}).status_code == 422
    assert not TypicalObjection.objects.filter(text="без ответа").exists()


def test_a_version_says_the_objections_and_one_of_before_reads(library: dict[str, TypicalObjection]) -> None:
    old: versions.Content = {"common_question": "", "spheres": []}
    new = versions.content(Catalogue.read())
    added = {line.text for sign, line in versions.changes(old, new) if sign == "+"}
    assert {"all – ответ all", "trade – ответ trade", "agency – ответ agency"} <= added
    assert "old – ответ old" not in added


def test_heads_see_what_is_met_most_by_type(
    browser_of: Browsers, client: Client, anna: Contact, people: People, known: types.Types,
    library: dict[str, TypicalObjection],
) -> None:  # fmt: skip
    other = make.contact(make.client("Второй", people[Role.CSM], segment=known.segments["agency"]), "Белов")
    shop = make.contact(make.client("Лавка", people[Role.BDM_KEY], segment=known.segments["shop"]), "Гусев")
    for contact, helped in ((anna, True), (anna, False), (other, None)):
        heard(contact, library["all"], helped=helped)
    heard(anna, library["agency"])
    heard(shop, library["all"])
    heard(anna, library["agency"], TODAY - timedelta(days=366))  # longer ago than a year
    Objection.objects.create(contact=anna, text="Далеко", noted_on=TODAY)
    page = reverse("typology:objections")
    found = browser_of(Role.HOS).get(page).context["met"]
    assert [(str(of.segment), of.heard) for of in found] == [("agency", 5), ("shop", 1)]
    lines = [(one.text, one.heard, one.clients, one.helped, one.failed, bool(one.url)) for one in found[0].lines]
    assert lines == [
        ("all", 3, 2, 1, 1, True), ("agency", 1, 1, 0, 0, True), ("Далеко", 1, 1, 0, 0, False),
    ]  # fmt: skip
    listed = browser_of(Role.HOS).get(found[0].lines[0].url).content.decode()
    assert ("Принт-Хаус" in listed, "Второй" in listed, "Лавка" in listed) == (True, True, False)
    assert [str(of.segment) for of in browser_of(Role.CSM).get(page).context["met"]] == ["agency"]


def test_the_page_asks_as_much_for_much_as_for_little(
    browser_of: Browsers, anna: Contact, known: types.Types, django_assert_max_num_queries: Any
) -> None:
    page, browser = reverse("typology:objections"), browser_of(Role.HOS)
    asked = []
    for many in (3, 30):
        for number in range(many):
            one = TypicalObjection.objects.create(text=f"{number}", answer="ответ", sphere=known.spheres["trade"])
            heard(anna, one)
        browser.get(page)
        with django_assert_max_num_queries(40) as queries:
            browser.get(page)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_year_ends_on_the_day_the_filter_ends_it(anna: Contact, library: dict[str, TypicalObjection]) -> None:
    heard(anna, library["all"], objections.since(TODAY))
    met = objections.met(Client.objects.all(), Catalogue.read(), TODAY)
    assert not met
