"""The questionnaire of a client: typed answers, who may give them, the type and the heads' word on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Answer, Client, Segment, Sign, TypeChoice, TypeDecision
from clients.typology import actions, questionnaire
from salescrm.base.models import Notification
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.clients import types
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
HTMX = {"hx-request": "true"}


@pytest.fixture
def known(people: People, today: Any) -> types.Types:
    return types.make_types()


@pytest.fixture
def client(people: People, known: types.Types) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM])


def url(name: str, client: Client, *more: Any) -> str:
    return reverse(f"clients:{name}", args=[client.pk, *more])


def give(client: Client, segment: Segment) -> None:
    Client.objects.filter(pk=client.pk).update(segment=segment)


VALUES = [
    # sphere's type, parameter, posted, stored (the status is 302) or the status of a refusal
    ("agency", "equipment", "yes", "yes"),
    ("agency", "equipment", "noncore", 422),
    ("agency", "equipment", "", None),
    ("agency", "core", "noncore", "noncore"),
    ("agency", "core", "maybe", 422),
    ("agency", "scale", " от 500 штук ", "от 500 штук"),
    ("agency", "scale", "x" * 1001, 422),
    ("agency", "goods", ["caps", "polo"], ["caps", "polo"]),
    ("agency", "goods", ["opt"], 422),
    ("agency", "goods", [], None),
    ("shop", "form", ["chain"], "chain"),
    ("shop", "form", ["caps"], 422),
    ("shop", "shops", "0", 0),
    ("shop", "shops", "12", 12),
    ("shop", "shops", "-1", 422),
    ("shop", "shops", "много", 422),
    ("shop", "shops", "1000001", 422),
    ("shop", "equipment", "yes", 404),  # a parameter of another sphere
    ("agency", "form", ["opt"], 404),
]


@pytest.mark.parametrize(("segment", "code", "posted", "expected"), VALUES)
def test_a_parameter_takes_values_of_its_type_in_its_sphere(
    browser_of: Browsers, client: Client, known: types.Types, segment: str, code: str, posted: Any, expected: Any
) -> None:
    give(client, known.segments[segment])

    def number(one: Any) -> Any:
        return known.choices[one].pk if one in known.choices else one

    sent = [number(one) for one in posted] if isinstance(posted, list) else posted
    page = url("answer", client, "parameter", known.parameters[code].pk)
    response = browser_of(Role.CSM).post(page, {"value": sent})
    stored = list(Answer.objects.values_list("value", flat=True))
    if expected in (404, 422):
        assert (response.status_code, stored) == (expected, [])
    else:
        wanted = [number(one) for one in expected] if isinstance(expected, list) else number(expected)
        assert (response.status_code, stored) == (302, [] if wanted is None else [wanted])


def test_a_new_answer_supersedes_and_the_old_one_stays(
    browser_of: Browsers, client: Client, people: People, known: types.Types
) -> None:
    page = url("answer", client, "question", known.questions["common"].pk)
    csm, head = browser_of(Role.CSM), browser_of(Role.CSH)
    for browser, text in ((csm, "перепродажа"), (csm, "перепродажа"), (head, "для себя"), (head, "")):
        assert browser.post(page, {"value": text}).status_code == 302
    history = list(Answer.objects.order_by("pk").values_list("value", "author", "day"))
    csm_pk, head_pk = people[Role.CSM].pk, people[Role.CSH].pk
    assert history == [("перепродажа", csm_pk, TODAY), ("для себя", head_pk, TODAY), (None, head_pk, TODAY)]
    assert questionnaire.of_client(client).answered == []


def test_htmx_gets_the_item_and_the_suggestion(browser_of: Browsers, client: Client, known: types.Types) -> None:
    give(client, known.segments["shop"])
    browser = browser_of(Role.CSM)
    page = url("answer", client, "sign", known.signs["shop1"].pk)
    said = browser.post(page, {"value": "on"}, headers=HTMX).content.decode()
    assert (f'id="sign-{known.signs["shop1"].pk}"' in said, 'hx-swap-oob="true"' in said, "<html" in said) == (
        True, True, False,
    )  # fmt: skip
    refused = browser.post(
        url("answer", client, "parameter", known.parameters["shops"].pk), {"value": "x"}, headers=HTMX
    )
    assert (refused.status_code, "invalid-feedback" in refused.content.decode()) == (422, True)


def test_an_answer_that_changes_what_is_asked_brings_the_whole_questionnaire(
    browser_of: Browsers, client: Client, known: types.Types
) -> None:
    page = url("answer", client, "sign", known.signs["shop1"].pk)
    response = browser_of(Role.CSM).post(page, {"value": "on"}, headers=HTMX)
    assert response.headers["HX-Retarget"] == "#questionnaire"
    page = response.content.decode()
    asked = {code: f'id="question-{one.pk}"' in page for code, one in known.questions.items()}
    assert asked == {"common": True, "shop": True, "agency": False, "production": False}
    offered = {code for code, one in known.parameters.items() if f'id="parameter-{one.pk}"' in page}
    assert offered == {"form", "shops"}


def test_a_question_of_several_types_is_asked_once(client: Client, people: People, known: types.Types) -> None:
    known.questions["production"].text = known.questions["agency"].text
    known.questions["production"].save(update_fields=["text"])
    types.tick(client, people[Role.CSM], known.signs["agency1"], known.signs["production1"])
    types.answer(client, people[Role.CSM], "да", question=known.questions["production"])
    items = questionnaire.of_client(client).questions
    assert [(str(item.subject), item.value) for item in items] == [("Для каких целей?", None), ("Вопрос agency?", "да")]


def test_the_panel_says_what_is_known_and_what_is_missing(
    browser_of: Browsers, client: Client, people: People, known: types.Types
) -> None:
    give(client, known.segments["shop"])
    types.answer(client, people[Role.CSM], 3, parameter=known.parameters["shops"])
    context = browser_of(Role.CSM).get(url("client-type", client)).context
    assert [item.words for item in context["answered"]] == ["3"]
    missing = [str(item.subject) for item in context["missing"]]
    assert (missing, context["total"]) == (["Для каких целей?", "Вопрос shop?", "form"], 4)


def test_who_reads_sees_no_forms_and_changes_nothing(
    browser_of: Browsers, client: Client, people: People, known: types.Types
) -> None:
    types.answer(client, people[Role.CSM], "перепродажа", question=known.questions["common"])
    browser = browser_of(Role.MARKETER)
    page = browser.get(url("questionnaire", client)).content.decode()
    assert ("перепродажа" in page, f'action="{url("questionnaire", client)}' in page, "<textarea" in page) == (
        True, False, False,
    )  # fmt: skip
    answered = browser.post(url("answer", client, "question", known.questions["common"].pk), {"value": "x"})
    assert (answered.status_code, Answer.objects.count()) == (403, 1)


def set_type(browser: Browser, client: Client, segment: Segment, reason: str = "", seen: str = "") -> Any:
    client.refresh_from_db()
    mark = seen or questionnaire.of_client(client).mark
    data = {"segment": segment.pk, "reason": reason, "seen": mark}
    return browser.post(url("type-set", client), data)


def test_the_suggested_type_is_set_without_a_reason(
    browser_of: Browsers, client: Client, people: People, known: types.Types
) -> None:
    types.tick(client, people[Role.CSM], known.signs["shop1"])
    assert set_type(browser_of(Role.CSM), client, known.segments["shop"]).status_code == 302
    choice = TypeChoice.objects.get()
    client.refresh_from_db()
    assert client.segment == choice.segment == choice.suggested == known.segments["shop"]
    assert (choice.because, choice.differs, choice.author) == (["sign: признак shop1"], False, people[Role.CSM])
    assert not Notification.objects.filter(kind="type").exists()
    assert Client.objects.regrouped().get() == client


@pytest.mark.parametrize("signs", [[], ["shop1"]], ids=["nothing suggested", "another suggested"])
def test_another_type_asks_for_a_reason(
    browser_of: Browsers, client: Client, people: People, known: types.Types, signs: list[str]
) -> None:
    types.tick(client, people[Role.CSM], *(known.signs[one] for one in signs))
    refused = set_type(browser_of(Role.CSM), client, known.segments["agency"])
    client.refresh_from_db()
    assert (refused.status_code, TypeChoice.objects.count(), client.segment) == (422, 0, None)
    assert set_type(browser_of(Role.CSM), client, known.segments["agency"], "сказал директор").status_code == 302
    assert TypeChoice.objects.get().differs is bool(signs)


def test_the_second_of_two_people_is_told(
    browser_of: Browsers, client: Client, people: People, known: types.Types
) -> None:
    types.tick(client, people[Role.CSM], known.signs["shop1"])
    seen = questionnaire.of_client(client).mark
    assert set_type(browser_of(Role.CSM), client, known.segments["shop"], seen=seen).status_code == 302
    late = set_type(browser_of(Role.CSH), client, known.segments["agency"], "иначе", seen=seen)
    assert (late.status_code, TypeChoice.objects.count()) == (422, 1)
    assert "meanwhile" in late.content.decode()


def test_a_disagreement_goes_to_the_heads_and_comes_back(
    browser_of: Browsers, client: Client, people: People, known: types.Types
) -> None:
    types.tick(client, people[Role.CSM], known.signs["shop1"])
    set_type(browser_of(Role.CSM), client, known.segments["agency"], "сказал директор")
    told = Notification.objects.filter(kind="type")
    heads = {Role.CSH, Role.HOS, Role.BRANCH_HEAD}
    assert set(told.values_list("person", flat=True)) == {people[role].pk for role in heads}
    head = browser_of(Role.CSH)
    (choice,) = head.get(reverse("typology:disagreements")).context["choices"]
    assert (choice.segment, choice.suggested, choice.reason) == (
        known.segments["agency"], known.segments["shop"], "сказал директор",
    )  # fmt: skip
    returning = reverse("typology:return", args=[choice.pk])
    assert (head.post(returning, {"note": " "}).status_code, TypeDecision.objects.count()) == (422, 0)
    assert head.post(returning, {"note": "спросите ещё раз"}).status_code == 302
    back = told.get(person=people[Role.CSM])
    assert back.url == url("questionnaire", client)
    assert not Client.objects.regrouped().exists()
    assert questionnaire.of_client(client).is_returned
    # the second head comes too late, and a new choice opens the case again
    browser_of(Role.HOS).post(reverse("typology:agree", args=[choice.pk]))
    assert TypeDecision.objects.get().agreed is False
    set_type(browser_of(Role.CSM), client, known.segments["agency"], "директор подтвердил письмом")
    (again,) = head.get(reverse("typology:disagreements")).context["choices"]
    head.post(reverse("typology:agree", args=[again.pk]))
    assert Client.objects.regrouped().get() == client
    assert list(head.get(reverse("typology:disagreements")).context["choices"]) == []


def test_a_head_s_own_word_needs_nobody_s_consent(
    browser_of: Browsers, client: Client, people: People, known: types.Types
) -> None:
    types.tick(client, people[Role.CSM], known.signs["shop1"])
    set_type(browser_of(Role.CSH), client, known.segments["agency"], "знаю их лично")
    assert (TypeDecision.objects.get().agreed, Notification.objects.filter(kind="type").count()) == (True, 0)


def test_a_decision_about_a_type_set_again_is_refused(client: Client, people: People, known: types.Types) -> None:
    differs = {"suggested": known.segments["shop"], "differs": True, "reason": "так"}
    first = types.choose(client, people[Role.CSM], known.segments["agency"], **differs)
    types.choose(client, people[Role.CSM], known.segments["shop"])
    with pytest.raises(actions.Refused):
        actions.decide(choice=first, agreed=True, note="", acting_user=people[Role.CSH], today=TODAY)
    assert not TypeDecision.objects.exists()


def test_a_type_changed_elsewhere_is_to_be_asked_again(client: Client, people: People, known: types.Types) -> None:
    types.choose(client, people[Role.CSM], known.segments["shop"])
    assert Client.objects.regrouped().count() == 1
    give(client, known.segments["agency"])
    assert (Client.objects.regrouped().count(), Client.objects.not_regrouped().get()) == (0, client)


def test_many_get_a_type_or_the_one_of_their_old_type(
    browser_of: Browsers, client: Client, people: People, known: types.Types
) -> None:
    other = make.client("Другой", people[Role.CSM], legacy_type=known.legacy["proposed"])
    head = browser_of(Role.CSH)
    page = reverse("clients:type-set-many") + "?all=1"
    assert head.get(page).context["count"] == 2
    assert head.post(page, {"segment": "", "reason": ""}).status_code == 200
    assert TypeChoice.objects.count() == 0
    head.post(page, {"segment": "", "reason": "по старому типу"})
    assert list(TypeChoice.objects.values_list("client", "segment")) == [(other.pk, known.segments["shop"].pk)]
    for _twice in range(2):
        head.post(page, {"segment": known.segments["shop"].pk, "reason": "все магазины"})
    assert TypeChoice.objects.count() == 2
    assert Client.objects.filter(segment=known.segments["shop"]).count() == 2
    assert browser_of(Role.CSM).post(page, {"segment": "", "reason": "x"}).status_code == 403


FILTERS = [
    ("regrouped=yes", ["done"]),
    ("regrouped=no", ["moved", "new", "returned"]),
    ("group=1.3", ["done", "returned"]),
    ("group=1.1", ["moved"]),
    ("segment=none", ["new"]),
    ("legacy=none", ["done", "moved", "returned"]),
]


@pytest.mark.parametrize(("query", "names"), FILTERS)
def test_the_list_is_narrowed_by_types(
    browser_of: Browsers, people: People, known: types.Types, query: str, names: list[str]
) -> None:
    csm, shop = people[Role.CSM], known.segments["shop"]
    done, moved, returned = (make.client(name, csm) for name in ("done", "moved", "returned"))
    make.client("new", csm, legacy_type=known.legacy["manual"])
    for one in (done, moved):
        types.choose(one, csm, shop)
    give(moved, known.segments["agency"])
    choice = types.choose(returned, csm, shop, suggested=known.segments["agency"], differs=True, reason="так")
    browser = browser_of(Role.HOS)
    browser.get(f"/clients/totals/?{query}")
    TypeDecision.objects.create(choice=choice, agreed=False, note="нет", author=people[Role.CSH], day=TODAY)
    rows = browser.get(f"/clients/?{query}&sort=name").context["rows"]
    assert [row.client.name for row in rows] == names
    assert browser.get(f"/clients/totals/?{query}").context["totals"]["clients"] == len(names)


def test_its_queries_do_not_grow_with_answers(
    browser_of: Browsers, client: Client, people: People, known: types.Types, django_assert_max_num_queries: Any
) -> None:
    browser = browser_of(Role.CSM)
    browser.get(url("questionnaire", client))
    counts = []
    for upto in (range(3), range(3, 30)):
        for n in upto:
            types.answer(client, people[Role.CSM], f"ответ {n}", question=known.questions["common"])
            Sign.objects.create(segment=known.segments["shop"], text=f"ещё {n}", order=n)
        for name in ("questionnaire", "client-type"):
            with django_assert_max_num_queries(22) as asked:
                browser.get(url(name, client))
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


# --- the form of the client -------------------------------------------------------------------------------------------


def edit(browser: Browser, client: Client, **values: Any) -> Any:
    url = reverse("clients:client-edit", args=[client.pk])
    form = browser.get(url).context["form"]
    data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    return browser.post(url, data | values)


def test_the_form_of_a_client_sets_its_type_as_the_questionnaire_does(
    browser_of: Browsers, people: People, client: Client, known: types.Types
) -> None:
    types.tick(client, people[Role.CSM], known.signs["shop1"])
    agency, shop = known.segments["agency"], known.segments["shop"]
    refused = edit(browser_of(Role.CSM), client, segment=agency.pk)
    assert set(refused.context["form"].errors) == {"type_reason"}
    assert (TypeChoice.objects.count(), Client.objects.get(pk=client.pk).segment) == (0, None)
    assert edit(browser_of(Role.CSM), client, segment=agency.pk, type_reason="сами").status_code == 302
    choice = TypeChoice.objects.get()
    assert (choice.segment, choice.suggested, choice.differs, choice.reason) == (agency, shop, True, "сами")
    told = Notification.objects.filter(kind="type").values_list("person__role", flat=True)
    assert set(told) == {Role.CSH, Role.HOS, Role.BRANCH_HEAD}
    assert edit(browser_of(Role.CSM), client, city="Тула").status_code == 302  # the type stays, nothing is asked
    assert edit(browser_of(Role.CSM), client, segment=shop.pk).status_code == 302  # the suggested one
    assert list(TypeChoice.objects.order_by("pk").values_list("segment", "differs")) == [
        (agency.pk, True),
        (shop.pk, False),
    ]
    assert Client.objects.get(pk=client.pk).segment == shop
