"""What a share of the target counts as."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kpi.indicators.attainment import attained, overall, share
from kpi.indicators.models import Indicator
from kpi.indicators.reading import in_force
from kpi.measures import declared
from salescrm.base.jobs import Refused
from staff.access import Role
from staff.models import Position
from tests import make
from tests.kpi.held import hold

STEPS = [["0.8", "0.5"], ["1", "1"], ["1.1", "1.3"]]


@pytest.mark.parametrize(
    ("fact", "target", "falls", "expected"),
    [
        ("50", "100", False, "0.5"), ("0", "100", False, "0"), ("-5", "100", False, "0"), ("120", "100", False, "1.2"),
        ("10", "20", True, "2"), ("40", "20", True, "0.5"), ("0", "20", True, "2"),
        ("5", "0", False, None),
    ],
)  # fmt: skip
def test_share(fact: str, target: str, falls: bool, expected: str | None) -> None:
    assert share(Decimal(fact), Decimal(target), falls=falls) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("found", "scale", "floor", "cap", "expected"),
    [
        ("0.79", "linear", "0.8", "1.2", "0"), ("0.8", "linear", "0.8", "1.2", "0.8"),
        ("1.3", "linear", "0", "1.2", "1.2"), ("0.99", "all", "0", "1.2", "0"), ("1", "all", "0", "1.2", "1"),
        ("1.5", "all", "0", "1.2", "1"), ("0.79", "steps", "0", "1.2", "0"), ("0.8", "steps", "0", "1.2", "0.5"),
        ("1.05", "steps", "0", "1.2", "1"), ("1.1", "steps", "0", "1.2", "1.2"), ("0.9", "steps", "0.95", "1.2", "0"),
    ],
)  # fmt: skip
def test_scales(found: str, scale: str, floor: str, cap: str, expected: str) -> None:
    assert attained(Decimal(found), scale=scale, floor=Decimal(floor), cap=Decimal(cap), steps=STEPS) == Decimal(
        expected
    )


def test_nothing_to_attain_is_left_out_of_the_whole() -> None:
    assert attained(None) is None
    assert overall([(50, Decimal(1)), (30, Decimal("0.5")), (20, None)]) == Decimal("65") / 80
    assert overall([(50, None)]) is None


@pytest.mark.django_db
def test_a_position_is_held_only_to_what_it_influences() -> None:
    head = make.employee("hos", Role.HOS)
    csm = Position.objects.create(code="m", name="m", role=Role.CSM)
    lead = Position.objects.create(code="l", name="l", role=Role.LEAD_MANAGER)
    mine = Indicator.objects.create(code="t", name="t", measure="turnover", client_group="top", roles=[Role.CSM])
    month = date(2026, 7, 9)
    hold(csm, month, mine, 60, head)
    with pytest.raises(Refused):
        hold(lead, month, mine, 60, head)
    other = Indicator.objects.create(code="o", name="o", measure="documents", roles=[Role.CSM])
    with pytest.raises(Refused):
        hold(csm, month, other, 50, head)
    with pytest.raises(PermissionDenied):
        hold(csm, month, other, 10, make.employee("a"))
    held = in_force(csm, date(2026, 9, 1))
    assert held is not None
    assert [line.indicator.code for line in held.lines.all()] == ["t"]
    assert in_force(csm, date(2026, 6, 30)) is None


@pytest.mark.parametrize(
    ("measure", "group", "roles"),
    [("nothing", "", ["csm"]), ("turnover", "none", ["csm"]), ("turnover", "", ["lead_manager"])],
)
def test_an_indicator_that_makes_no_sense_is_refused(measure: str, group: str, roles: list[str]) -> None:
    with pytest.raises(ValidationError):
        Indicator(code="x", name="x", measure=measure, client_group=group, roles=roles).clean()


def test_measures_are_declared_once_and_whole() -> None:
    assert len(declared.BY_CODE) == len(declared.MEASURES)
    for one in declared.MEASURES:
        assert bool(one.sql) + bool(one.ratio) + bool(one.mean_of) == 1, one.code
        assert {*(one.ratio or ()), *one.mean_of} <= set(declared.BY_CODE), one.code
        assert one.groups
        assert one.roles
