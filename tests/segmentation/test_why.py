"""Answers to "why?": for clients the person sees, about topics there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client as Browser

from clients import ownership
from clients.models import Client
from deals import orders
from segmentation.models import CaseState, Exclusion, RuleSet
from staff.models import Employee
from tests import make
from tests.segmentation.world import NIGHT, case, classed, member, nights, silent

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


@pytest.fixture
def due(client: Client) -> Client:
    """The client with its term over: whatever keeps it back now is a reason of its own."""
    last = client.state.last_purchase_on
    assert last is not None
    client.state.hand_over_on, client.state.zero_since = NIGHT - timedelta(days=1), last + timedelta(days=31)
    client.state.save()
    RuleSet.objects.update(feed_guard=False)
    return client


def said(client: Client, browser_of: BrowserOf) -> tuple[str, str]:
    """Return title and sentences of the answer."""
    why = browser_of("hos").get(f"/segmentation/why/{client.pk}/hand_over/").context["why"]
    return why.title, " ".join(why.sentences)


def exclude(client: Client, people: dict[str, Employee]) -> None:
    Exclusion.objects.create(client=client, starts_on=NIGHT, reason="talks go on", author=people["hos"])


def give(client: Client, people: dict[str, Employee], *, reason: str = "manual", until: date | None = None) -> None:
    options: dict[str, Any] = {"reason": reason, "author": people["hos"].pk, "left_alone_until": until}
    ownership.move({client.pk: people["bdm_key"].pk}, starts_on=NIGHT, **options)


def separate(client: Client, people: dict[str, Employee]) -> None:
    Client.objects.filter(pk=client.pk).update(separated_on=NIGHT - timedelta(days=2))


def stop_feed(client: Client, people: dict[str, Employee]) -> None:
    RuleSet.objects.update(feed_guard=True)
    make.shipment(client, NIGHT - timedelta(days=20), 10)


KEPT_WORDS = ("Kept out of hand-overs", "Given to", "Separated on", "No documents from", "order in work")
KEPT_BACK = [
    (exclude, "until the next purchase: talks go on"),
    (give, "nights leave it alone until the next purchase."),
    (partial(give, reason="first"), "nights leave it alone until the next purchase."),
    (partial(give, until=date(2026, 9, 1)), "nights leave it alone until 1 September."),
    (separate, "nights leave it alone until 20 July."),
    (stop_feed, "its clients are left alone."),
]


@pytest.mark.parametrize(("keep", "sentence"), KEPT_BACK)
def test_it_says_what_keeps_a_client_from_being_handed_over(
    due: Client, people: dict[str, Employee], browser_of: BrowserOf, keep: Callable[..., None], sentence: str
) -> None:
    assert "left alone" not in said(due, browser_of)[1]
    keep(due, people)
    title, sentences = said(due, browser_of)
    assert title == "Not handed over"
    assert sentence in sentences
    assert sum(word in sentences for word in KEPT_WORDS) == 1, "that alone"


def test_an_order_in_work_keeps_it_back(due: Client, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "in_work", lambda as_of: [due.pk])
    assert "It has an order in work, which holds the hand-over until 13 August at most." in said(due, browser_of)[1]


@pytest.mark.parametrize(("days", "counts"), [(0, True), (1, False)])
def test_only_the_case_of_the_present_silence_is_the_answer(
    due: Client, people: dict[str, Employee], browser_of: BrowserOf, days: int, counts: bool
) -> None:
    last = due.state.last_purchase_on
    assert last is not None
    case(due, CaseState.REFUSED, people["csm"], silent_since=last - timedelta(days=days), closed_on=NIGHT)
    title, sentences = said(due, browser_of)
    assert title == ("Refused" if counts else "Not handed over")
    assert ("the term of" in sentences) == counts


def test_a_client_that_came_back_and_is_silent_again_says_both(
    due: Client, people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    bought = due.state.last_purchase_on
    case(due, CaseState.RETURNED, people["csm"], bought_on=bought, returned_to=people["csm"], returned_on=bought)
    title, sentences = said(due, browser_of)
    assert (title, "went back to" in sentences) == ("Not handed over", True)
