"""Answers to "why?": for clients the person sees, about topics there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client as Browser

from clients.models import Client
from staff.models import Employee
from tests import make
from tests.segmentation.world import NIGHT, classed, member, nights, silent

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]


@pytest.fixture
def client(people: dict[str, Employee], today: date) -> Client:
    """A zero TOP client of the csm."""
    rules = nights()
    rules.refresh_from_db()
    made = make.client("Принт-Хаус", people["csm"])
    classed(made, "AX", 1000)
    member(made, rank=1)
    state = silent(made, days=40, left=20, rule="top")
    state.purchases, state.first_purchase_on = 5, date(2025, 9, 1)
    state.zero_on, state.hand_over_on, state.lost_on = date(2026, 7, 6), date(2026, 8, 6), date(2027, 3, 6)
    state.save()
    return made


@pytest.mark.parametrize("topic", ["class", "top", "status", "hand_over", "contact"])
def test_each_topic_is_explained_as_a_fragment_and_as_a_page(client: Client, browser_of: BrowserOf, topic: str) -> None:
    browser = browser_of("csm")
    url = f"/segmentation/why/{client.pk}/{topic}/"
    fragment = browser.get(url, headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert fragment.context["why"].sentences
    assert "<html" not in fragment.content.decode()
    assert "<html" in browser.get(url).content.decode()
    assert browser.get(url, {"on": NIGHT.isoformat()}).status_code == 200


@pytest.mark.parametrize("topic", ["salary", "__class__"])
def test_there_are_no_other_topics(client: Client, browser_of: BrowserOf, topic: str) -> None:
    assert browser_of("hos").get(f"/segmentation/why/{client.pk}/{topic}/").status_code == 404


def test_a_client_of_somebody_else_is_not_found(client: Client, browser_of: BrowserOf) -> None:
    assert browser_of("bdm_key").get(f"/segmentation/why/{client.pk}/class/").status_code == 404
