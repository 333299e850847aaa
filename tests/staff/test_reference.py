"""The reference rows: complete, loaded once, never overwritten."""

import pytest
from django.core.management import call_command

from clients.models import Category, CommunicationResult, Direction, Segment, Sphere
from salescrm.base import reference
from segmentation.models import RuleSet
from staff.access import Role
from staff.models import Branch, Position

pytestmark = pytest.mark.django_db


def test_it_loads_the_rows_of_every_room() -> None:
    reference.load()

    assert (Sphere.objects.count(), Segment.objects.count()) == (5, 15)
    assert set(Direction.objects.values_list("code", flat=True)) == {"home", "promo"}
    assert not Category.objects.filter(direction=None).exists()
    assert Branch.objects.get(code="msk").receiver_branch == Branch.objects.get(code="spb", is_head_office=True)
    assert set(Position.objects.values_list("role", flat=True)) == set(Role.values)


def test_it_changes_nothing_the_second_time() -> None:
    reference.load()

    assert set(reference.load().values()) == {0}


def test_it_keeps_what_people_edited() -> None:
    reference.load()
    Segment.objects.filter(code="horeca").update(name="Рестораны и отели")
    RuleSet.objects.create(effective_from="2026-07-01", top_cells=["AX", "AY"])

    call_command("reference", verbosity=0)

    assert Segment.objects.get(code="horeca").name == "Рестораны и отели"
    assert RuleSet.objects.count() == RuleSet.objects.filter(effective_from__in=["1900-01-01", "2026-07-01"]).count()


def test_a_result_that_counts_asks_for_the_next_task() -> None:
    reference.load()

    counting = CommunicationResult.objects.filter(counts=True)
    assert counting.count() == 4
    assert not counting.filter(asks_next=False).exists()


def test_it_starts_with_the_default_rules_and_cell_ax() -> None:
    reference.load()

    first = RuleSet.objects.earliest("effective_from")
    assert (first.top_cells, first.top_cap, first.hand_over_other) == (["AX"], None, 6)
