"""Legal entities of a client by hand: its card shows, adds and changes them (R1, R2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, ExternalCode, LegalEntity, Verification
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
INN, OTHER, KPP = "7707083893", "7736050003", "773601001"


@pytest.fixture
def client(people: People, today: date) -> Client:
    """A client with one legal entity, with an INN."""
    return make.client("Принт-Хаус", people[Role.CSM], code="0007", inn="7805512879")


def sent(browser: Browser, url: str, **values: Any) -> Any:
    """Open the form and send it with other values."""
    form = browser.get(url).context["form"]
    return browser.post(url, {name: form[name].value() or "" for name in form.fields} | values)


def new(client: Client) -> str:
    return reverse("clients:entity-new", args=[client.pk])


def edit(client: Client) -> str:
    return reverse("clients:entity-edit", args=[client.pk, client.legal_entities.earliest("pk").pk])


def test_a_holding_gets_its_legal_entities(browser_of: Browsers, people: People, client: Client) -> None:
    csm = browser_of(Role.CSM)
    for _n in range(2):  # sent twice it is one
        sent(csm, new(client), name=" ООО  Дом ", inn=OTHER, kpp=KPP, address="Тула, Мира, 1")
    made = LegalEntity.objects.latest("pk")
    assert (made.client, made.name, made.name_key, made.inn, made.kpp, made.address) == (
        client, "ООО Дом", "dom", OTHER, KPP, "Тула, Мира, 1",
    )  # fmt: skip
    assert LegalEntity.objects.count() == 2
    assert Verification.objects.get().block == "company"
    panel = csm.get(reverse("clients:client-entities", args=[client.pk])).content.decode()
    assert [text in panel for text in ("ООО Дом", OTHER, KPP, "Тула, Мира, 1", "1c: 0007")] == [True] * 5
    assert (panel.count("/entities/"), ExternalCode.objects.count()) == (2, 1)
    assert (
        "/entities/"
        not in browser_of(Role.MARKETER).get(reverse("clients:client-entities", args=[client.pk])).content.decode()
    )


def test_a_legal_entity_is_changed_and_the_history_says_so(browser_of: Browsers, client: Client) -> None:
    assert sent(browser_of(Role.CSM), edit(client), inn=INN, kpp=KPP, name="ООО Принт").status_code == 302
    entity = LegalEntity.objects.get()
    assert (entity.inn, entity.kpp, entity.name, entity.name_key) == (INN, KPP, "ООО Принт", "print")
    changes = browser_of(Role.CSM).get(reverse("clients:client-history", args=[client.pk])).context["changes"]
    assert {(one.field, one.before, one.after) for one in changes} == {
        ("INN", "7805512879", INN), ("KPP", "–", KPP), ("name", "Принт-Хаус", "ООО Принт"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"inn": "7707083890"}, "inn", "This is no INN: the check figures do not fit."),
        ({"inn": OTHER, "kpp": "12"}, "kpp", "A KPP has nine characters."),
        ({"inn": "", "kpp": KPP}, "kpp", "A KPP goes with an INN."),
        ({"name": " "}, "name", "This field is required."),
        ({"name": "Принт-Хаус", "inn": "7805512879"}, "name", "The client has this legal entity already."),
        ({"inn": INN}, "__all__", "A legal entity with this INN and KPP exists already."),
    ],
)
def test_a_wrong_legal_entity_is_refused_in_words(
    browser_of: Browsers, people: People, client: Client, values: dict[str, str], field: str, message: str
) -> None:
    make.client("Другой", people[Role.BDM_KEY], inn=INN)
    refused = sent(browser_of(Role.CSM), new(client), **({"name": "ООО Дом"} | values))
    assert refused.status_code == 422
    assert message in refused.context["form"].errors[field]
    assert LegalEntity.objects.filter(client=client).count() == 1


def test_the_second_of_two_people_is_told(browser_of: Browsers, client: Client) -> None:
    csm, hos = browser_of(Role.CSM), browser_of(Role.HOS)
    form = csm.get(edit(client)).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    sent(hos, edit(client), kpp=KPP)
    told = csm.post(edit(client), data | {"address": "Псков"})
    assert told.status_code == 422
    assert "Hos Testov changed this meanwhile" in told.context["form"].errors["__all__"][0]
    assert (LegalEntity.objects.get().kpp, LegalEntity.objects.get().address) == (KPP, "")
    again = told.context["form"].data["seen"]
    assert csm.post(edit(client), data | {"address": "Псков", "kpp": KPP, "seen": again}).status_code == 302
    assert (LegalEntity.objects.get().kpp, LegalEntity.objects.get().address) == (KPP, "Псков")


def test_those_who_only_read_change_nothing(browser_of: Browsers, client: Client) -> None:
    for role, status in ((Role.MARKETER, 403), (Role.BDM_KEY, 404)):
        for url in (new(client), edit(client)):
            assert browser_of(role).post(url, {"name": "Икс"}).status_code == status
    assert list(LegalEntity.objects.values_list("name", flat=True)) == ["Принт-Хаус"]
