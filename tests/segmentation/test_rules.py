"""The rules: read by many, changed by the head of sales, per cent in and out, effects of the last year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client
from segmentation import rulebook
from segmentation.forms import RulesForm
from segmentation.models import CaseState, Classification, RuleSet, TopMembership
from staff.models import Employee
from tests import make
from tests.segmentation.world import NIGHT, case, nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
URL = "/segmentation/rules/"


@pytest.fixture
def rules(people: dict[str, Employee], today: date) -> RuleSet:
    """Return the first rule set, used by the nights."""
    made = nights()
    made.refresh_from_db()
    return made


def typed(rules: RuleSet, **changes: Any) -> dict[str, Any]:
    """Return what the browser sends for the rules with changes."""
    form = RulesForm(instance=rules, earliest=date.min)
    sent: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if value is not None and value is not False:
            sent[field.name] = value
    return sent | {"effective_from": "2026-07-16", "comment": "wider"} | changes


def test_saving_makes_a_new_rule_set_and_keeps_the_old_one(
    rules: RuleSet, people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    answer = browser_of("hos").post(f"{URL}new/", typed(rules, x_share="45", top_cells=["AX", "AY"]))
    assert answer.status_code == 302
    saved = RuleSet.objects.latest("effective_from")
    assert (saved.x_share, saved.top_cells, saved.author, saved.comment) == (
        Decimal("0.45"),
        ["AX", "AY"],
        people["hos"],
        "wider",
    )
    assert saved.effective_from == date(2026, 7, 16)
    rules.refresh_from_db()
    assert (rules.x_share, rules.top_cells) == (Decimal("0.5"), ["AX"])


def test_nothing_but_what_was_typed_differs(rules: RuleSet, browser_of: BrowserOf) -> None:
    browser_of("hos").post(f"{URL}new/", typed(rules, x_share="45"))
    saved = RuleSet.objects.latest("effective_from")
    assert [(one.label, one.before, one.after) for one in rulebook.differences(rules, saved)] == [
        ("X from, share of months", "50%", "45%")
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"effective_from": "2026-07-15"}, "effective_from"),
        ({"comment": ""}, "comment"),
        ({"top_cells": []}, "top_cells"),
        ({"a_share": "96"}, "__all__"),
        ({"hand_over_top": "1"}, "__all__"),
        ({"x_share": "many"}, "x_share"),
        ({"window_months": "2"}, "__all__"),
    ],
)
def test_wrong_rules_are_refused_and_nothing_is_saved(
    rules: RuleSet, browser_of: BrowserOf, wrong: dict[str, Any], field: str
) -> None:
    page = browser_of("hos").post(f"{URL}new/", typed(rules, **wrong))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert RuleSet.objects.count() == 1


@pytest.mark.parametrize("role", ["csm", "csh", "branch_head", "deputy_director", "director", "deputy_it"])
def test_others_read_the_rules_and_cannot_save(rules: RuleSet, browser_of: BrowserOf, role: str) -> None:
    browser = browser_of(role)
    assert browser.get(URL).status_code == 200
    assert f"{URL}new/" not in browser.get(URL).content.decode()
    assert browser.post(f"{URL}new/", typed(rules)).status_code == 403
    assert RuleSet.objects.count() == 1


def test_the_history_says_what_each_version_changed(rules: RuleSet, browser_of: BrowserOf) -> None:
    make.rule_set(effective_from=date(2026, 8, 1), top_cells=["AX", "BX"], own_rhythm=False, comment="coming")
    history = browser_of("hos").get(URL).context["history"]
    assert [(line["state"], len(line["differences"])) for line in history] == [("coming", 2), ("now", 0)]


def test_wrong_rules_are_said_in_the_preview(rules: RuleSet, browser_of: BrowserOf) -> None:
    page = browser_of("hos").post(f"{URL}preview/", typed(rules, a_share="96", effective_from="", comment=""))
    assert "The limits of A and B grow" in page.content.decode()


def test_effects_count_hand_overs_that_had_their_sixty_days(people: dict[str, Employee], rules: RuleSet) -> None:
    csm, recovery = people["csm"], people["bdm_recovery"]
    long_ago, lately = NIGHT - timedelta(days=100), NIGHT - timedelta(days=59)
    cases: list[tuple[str, str, date, date | None]] = [
        ("top", CaseState.RETURNED, long_ago, long_ago + timedelta(days=60)),
        ("top", CaseState.RETURNED, long_ago, long_ago + timedelta(days=61)),
        ("top", CaseState.HANDED_OVER, long_ago, None),
        ("top", CaseState.HANDED_OVER, lately, None),
        ("top", CaseState.UNDONE, long_ago, None),
        ("other", CaseState.RETURNED, NIGHT - timedelta(days=60 + 370), NIGHT),
        ("other", CaseState.HAD_BOUGHT, long_ago, long_ago),
        ("new", CaseState.HANDED_OVER, long_ago, None),
    ]
    for n, (rule, state, handed_on, bought_on) in enumerate(cases):
        case(make.client(f"c{n}", csm), state, csm, recovery, rule=rule, handed_on=handed_on, bought_on=bought_on)
    found = rulebook.effects(Client.objects.all(), NIGHT)
    assert [(one.label, one.handed, one.back_soon, one.back) for one in found] == [
        ("нулевой TOP", 3, 1, 2),
        ("новый без повторного заказа", 1, 0, 0),
    ]
    assert found[0].share_back_soon == Decimal(1) / 3


@pytest.fixture
def buyers(people: dict[str, Employee], rules: RuleSet) -> list[Client]:
    """Ten clients that bought every month of the window, the first ones most."""
    made = [make.client(f"buyer {n}", people["csm"]) for n in range(10)]
    for n, client in enumerate(made):
        for month in range(1, 8):
            make.shipment(client, date(2026, month, 10), 1000 * 2 ** (10 - n))
    return made


def test_the_preview_names_who_would_enter_and_saves_nothing(
    buyers: list[Client], rules: RuleSet, browser_of: BrowserOf
) -> None:
    page = browser_of("hos").post(f"{URL}preview/", typed(rules, effective_from="", comment=""))
    found = page.context["preview"]
    assert found.clients == len(found.entered) > 0
    assert page.context["entered"]["count"] == found.clients
    assert "buyer 0" in page.content.decode()
    assert (RuleSet.objects.count(), Classification.objects.count(), TopMembership.objects.count()) == (1, 0, 0)


def test_the_search_offers_limits_that_reach_a_size(
    buyers: list[Client], rules: RuleSet, browser_of: BrowserOf
) -> None:
    browser = browser_of("hos")
    page = browser.post(f"{URL}search/", typed(rules, effective_from="", comment="") | {"clients": "2"})
    assert page.context["found"][0]["found"].clients == 2
    empty = browser.post(f"{URL}search/", typed(rules) | {"clients": ""})
    assert "Name a number of clients or a share of turnover." in empty.content.decode()
    assert (RuleSet.objects.count(), Classification.objects.count()) == (1, 0)
