"""The people of the sample company's clients: believable, the same every time, nobody real."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from clients.contacts import points
from clients.models import Argument, ClientCriterion, Contact, ContactPoint, Need, Objection
from salescrm.base import reference
from salescrm.demo import acquaintances
from tests import make

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 7, 15)


def test_it_writes_people_of_every_kind() -> None:
    reference.load()
    owner = make.employee("anna")
    for n in range(120):
        make.client(f"Фирма {n}", owner, city="Псков")
    acquaintances.write(Random("1"), UNTIL)
    people = list(Contact.objects.order_by("pk"))
    assert {one.role for one in people} >= {"decides", "buys", "influences"}
    assert any(one.left_on for one in people)
    assert any(one.verified_on is None for one in people)
    assert all(one.verified_on is None or one.verified_on <= UNTIL for one in people)
    assert Need.objects.exists()
    assert Objection.objects.exclude(answer="").exists()
    assert ClientCriterion.objects.exists()
    found = list(ContactPoint.objects.all())
    assert any(one.dead_on for one in found)
    phones = [one.value for one in found if one.value.startswith("+")]
    assert {len(one) for one in phones} == {12}
    pages = [one.value_key for one in found if one.kind in ("email", "site")]
    assert all(one.endswith(".example") for one in pages)
    mobiles = [one for one in found if one.kind == "phone" and one.contact_id]
    assert all(points.key(one.kind, one.value) == one.value_key for one in mobiles[:20])


def test_they_are_the_same_every_time() -> None:
    reference.load()
    owner = make.employee("anna")
    for n in range(20):
        make.client(f"Фирма {n}", owner)
    runs = []
    for _twice in range(2):
        for model in (ContactPoint, Need, Objection, Argument, ClientCriterion):
            model._default_manager.all().delete()
        Contact.objects.all().delete()
        acquaintances.write(Random("1"), UNTIL)
        rows = ContactPoint.objects.order_by("pk").values_list("contact__name", "kind", "value", "dead_reason")
        runs.append(list(rows))
    assert runs[0] == runs[1]
    assert runs[0]
