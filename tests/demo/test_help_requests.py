"""Requests for help of the sample company: waiting, in work, closed; written once."""

from __future__ import annotations

import pytest

from deals.help_requests.models import HelpNote, HelpRequest
from salescrm.demo import help_requests
from staff.models import Employee
from tests import make
from tests.conftest import TODAY


@pytest.mark.django_db
def test_it_has_requests_of_every_state(people: dict[str, Employee]) -> None:
    for number in range(3):
        make.client(f"Клиент {number}", people["csm"])
    for _time in range(2):
        help_requests.write(TODAY)
        assert set(HelpRequest.objects.values_list("state", flat=True)) == {"open", "accepted", "closed"}
        assert HelpNote.objects.count() == 4
