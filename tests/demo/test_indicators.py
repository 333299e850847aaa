"""Sets of indicators of the sample company: whole, understood by their scales, written once."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.indicators import reading
from kpi.indicators.models import IndicatorSet
from salescrm.base import reference
from salescrm.base.periods import add_months, month_start
from salescrm.demo import indicators
from staff.access import Role
from staff.models import Employee, Position


@pytest.mark.django_db
def test_every_post_is_held_to_a_whole_set_and_one_changes_next_month(people: dict[str, Employee], today: date) -> None:
    reference.load()
    for role in indicators.SETS:
        Position.objects.get_or_create(role=role, defaults={"code": f"demo-{role}", "name": role})
    indicators.write(today)
    found = [one for one in reading.positions(month_start(today)) if one.position.role in indicators.SETS]
    assert {one.weights for one in found} == {100}
    assert {one.position.role for one in found if one.coming} == {Role.BDM_RECOVERY}
    assert all(counts is not None for one in found for line in one.lines for _, counts in reading.tried(line)[1:])
    coming = IndicatorSet.objects.filter(month=add_months(month_start(today), 1))
    assert {one.lines.earliest("pk").target for one in coming} == {8}
    number = IndicatorSet.objects.count()
    indicators.write(today)
    assert IndicatorSet.objects.count() == number
