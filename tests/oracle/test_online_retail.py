"""The product's nights over a real year, held against the re-computation after every night."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Max, Q, Sum

from clients.models import Client
from salescrm import nightly
from segmentation import base
from tests import make, needs
from tests.oracle import scene
from tests.oracle.comparing import differences
from tests.oracle.figures import different_figures
from tests.oracle.loading import world_from_base
from tests.oracle.rules import Oracle

pytestmark = pytest.mark.django_db

OFF = {"feed_guard": False, "size_guard": False, "backlog_guard": False}
MONTH_END = {"hand_over_mode": "month_end"}
VARIATION = {"measure": "cv", "top_cells": ["AX", "AY", "BX"], "top_cap": 248}


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep the imported year for all tests of this module; each test's nights are rolled back."""
    needs.shared()
    with django_db_blocker.unblock():
        scene.online_retail(scene.department())
        yield
        call_command("flush", interactive=False, verbosity=0)


def run_nights(first: str, nights: int, approve_on: set[str], **rules: Any) -> dict[str, int]:
    """Run product and re-computation night by night; stop at the first night that differs; count what happened."""
    make.rule_set(**rules)
    oracle = Oracle(world_from_base())
    happened = dict.fromkeys(("moved", "returned", "proposed", "waiting", "guards"), 0)
    for number in range(nights):
        as_of = date.fromisoformat(first) + timedelta(days=number)
        approve = as_of.isoformat() in approve_on
        journal = nightly.run(as_of, approve=approve)
        result = oracle.night(as_of, approve=approve)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        found = differences(oracle, result) or different_figures(journal, result)
        assert not found, "\n".join(found)
        for kind in happened:
            happened[kind] += len(getattr(result, kind))
    return happened


@pytest.mark.slow
def test_the_classes_of_the_year_are_those_of_the_acceptance_block(year: None) -> None:
    """What another program found in the same file, as of 1 December 2011, 0:00."""
    make.rule_set()
    out = StringIO()
    call_command("segment", "--as-of", "2011-11-30", "--measure", "cv", "--limits", "0.5,1.0", "--json", stdout=out)
    told = json.loads(out.getvalue())
    cells = {cell: found["clients"] for cell, found in told["matrix"].items()}
    none = dict.fromkeys(cells, 0)
    assert told["window"] == ["2010-12-01", "2011-12-01"]
    assert told["classified"] == 4_277
    assert told["abc"] == {"A": 1_177, "B": 1_448, "C": 1_652}
    assert told["xyz"] == {"X": 32, "Y": 274, "Z": 3_971}
    assert cells == none | {"AX": 32, "AY": 266, "AZ": 879, "BY": 8, "BZ": 1_440, "CZ": 1_652, "none": cells["none"]}
    assert bought().filter(papers=1).count() == 1_538
    assert bought().filter(days=1).count() == 1_599
    half_a_year_ago = date(2011, 6, 1)
    assert bought().filter(last__lt=half_a_year_ago).count() == 826
    net = Client.objects.filter(legal_entities__shipments__day__lte=LAST).annotate(net=Sum(TOTAL))
    assert net.filter(net__lte=0).count() == 54


@pytest.mark.slow
def test_a_night_and_the_base_in_numbers_are_those_of_the_acceptance_block(year: None) -> None:
    """The same figures where people find them: the journal of a night and the page of the base."""
    rules = make.rule_set(measure="cv", x_cv="0.5", y_cv="1.0")
    told = nightly.run(LAST)
    assert told["abc"] == {"A": 1_177, "B": 1_448, "C": 1_652}
    assert told["xyz"] == {"X": 32, "Y": 274, "Z": 3_971}
    cells = {cell: found["clients"] for cell, found in told["matrix"].items() if found["clients"] and cell != "none"}
    assert cells == {"AX": 32, "AY": 266, "AZ": 879, "BY": 8, "BZ": 1_440, "CZ": 1_652}
    rules.refresh_from_db()
    rules.lost_other = 6
    for unit in base.UNITS:  # every client of this file is one legal entity
        found = base.count(Client.objects.all(), LAST, rules, unit)
        assert (found.one_time, found.lost) == (1_599, 826)


LAST = date(2011, 11, 30)
TOTAL = "legal_entities__shipments__total"


def bought() -> Any:
    """Return clients with their purchase documents up to the day: papers, days, the last one."""
    papers = Q(legal_entities__shipments__day__lte=LAST, **{f"{TOTAL}__gt": 0})
    day = "legal_entities__shipments__day"
    return Client.objects.filter(papers).annotate(
        papers=Count("legal_entities__shipments"), days=Count(day, distinct=True), last=Max(day)
    )


def test_it_agrees_over_forty_nights(year: None) -> None:
    happened = run_nights("2011-06-01", 40, {"2011-06-03"})
    assert all(happened.values()), f"nothing of a kind happened: {happened}"


def test_it_agrees_without_guards(year: None) -> None:
    happened = run_nights("2011-06-26", 10, set(), **OFF)
    assert happened["moved"]
    assert not happened["proposed"]


def test_it_agrees_by_variation_with_a_cap(year: None) -> None:
    happened = run_nights("2011-06-28", 5, {"2011-06-29"}, **VARIATION)
    assert happened["moved"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "rules",
    [
        pytest.param({}, id="on"),
        pytest.param(OFF, id="off", marks=pytest.mark.long),
        pytest.param(VARIATION | {"hand_over_mode": "month_end"}, id="month_end", marks=pytest.mark.long),
    ],
)
def test_it_agrees_over_a_whole_year(year: None, rules: dict[str, Any]) -> None:
    happened = run_nights("2010-12-01", 374, {"2011-03-10", "2011-03-31"}, **rules)
    assert happened["moved"]
    assert happened["returned"]
