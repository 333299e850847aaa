"""The ready indicators of appendix 3 make sense: measure, group and post fit, both kinds where a post has several."""

from __future__ import annotations

import pytest

from kpi.indicators.models import Indicator
from salescrm.base import reference
from staff.access import Role

pytestmark = pytest.mark.django_db


def test_every_ready_indicator_is_clean_and_named_in_both_languages() -> None:
    reference.load()
    found = list(Indicator.objects.all())
    for one in found:
        one.full_clean()
        assert one.name_en
    roles = {role for one in found for role in one.roles}
    without = {Role.DIRECTOR, Role.NONE}
    assert roles == set(Role.values) - without
    assert reference.load()["kpi.Indicator"] == 0
