"""What the sample company knows of types: the same every time, and such as the rule of the suggestion would have it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clients.models import Answer, Segment, TypeChoice, TypologyVersion
from clients.typology import questionnaire, versions
from salescrm.base import reference
from salescrm.demo import people, types
from staff.models import Employee
from tests import make

pytestmark = pytest.mark.django_db

UNTIL = date(2026, 7, 15)


@pytest.fixture
def staff() -> dict[str, Employee]:
    reference.load()
    hired = people.hire()
    for code, segment in Segment.objects.in_bulk(field_name="code").items():
        for n in range(4):
            owner = hired[("csm1", "csm2", "csm5", "lead_manager")[n]]
            make.client(f"{code} {n}", owner, segment=segment, since=date(2026, 3, 1 + n))
    return hired


def written() -> list[tuple[Any, ...]]:
    answers = Answer.objects.order_by("pk").values_list("client", "question", "sign", "parameter", "value", "day")
    choices = TypeChoice.objects.order_by("pk").values_list("client", "segment", "suggested", "reason", "day")
    return [*answers, *choices]


def test_it_is_the_same_every_time_and_within_its_days(staff: dict[str, Employee]) -> None:
    types.fill(1, UNTIL, staff)
    first = written()
    Answer.objects.all().delete()
    TypeChoice.objects.all().delete()
    types.fill(1, UNTIL, staff)
    assert written() == first
    assert all(date(2026, 3, 1) <= row[-1] <= UNTIL for row in first)
    assert TypologyVersion.objects.count() == 2
    assert versions.in_force(UNTIL) == TypologyVersion.objects.latest("effective_from")


def test_the_rule_suggests_what_the_company_chose(staff: dict[str, Employee]) -> None:
    types.fill(1, UNTIL, staff)
    for choice in TypeChoice.objects.select_related("client__legacy_type"):
        assert questionnaire.of_client(choice.client).suggested == choice.suggested, choice.client.name
