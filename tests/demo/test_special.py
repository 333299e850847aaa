"""Special tasks of the sample company: in swing, of marketing, closed; written once."""

from __future__ import annotations

from collections import Counter

import pytest

from deals.models import Task
from deals.special.models import SpecialTask
from salescrm.demo import special
from staff.models import Employee
from tests import make
from tests.conftest import TODAY


@pytest.mark.django_db
def test_it_has_special_tasks_of_every_kind(people: dict[str, Employee]) -> None:
    for number in range(9):
        standing = {"top": number < 3, "abc": "ABB"[number % 3]}
        make.client(f"Клиент {number}", people["csm"], standing=standing)
    for _time in range(2):
        special.write(TODAY)
        assert Counter(SpecialTask.objects.values_list("kind", "state")) == {
            ("special", "running"): 1,
            ("marketing", "running"): 1,
            ("special", "closed"): 1,
        }
    assert set(Task.objects.values_list("state", flat=True)) == {"open", "done", "cancelled"}
    assert not Task.objects.filter(state="done", result="").exists()
