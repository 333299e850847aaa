"""Call reviews of the sample company: read and unread ones, written once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deals.call_reviews.models import CallReview
from salescrm.demo import call_reviews
from staff.models import Employee
from tests import make
from tests.call_reviews.scene import criteria
from tests.conftest import TODAY


@pytest.mark.django_db
def test_it_has_reviews_read_and_unread(people: dict[str, Employee]) -> None:
    criteria()
    client = make.client("Клиент", people["csm"])
    for number in range(3):
        make.said(client, people["csm"], TODAY - timedelta(days=number))
    for role in ("csm", "bdm_key"):
        make.said(client, people[role], TODAY)
    call_reviews.write(TODAY)
    assert CallReview.objects.count() == 4
    assert {one.is_read for one in CallReview.objects.all()} == {True, False}
    assert all(0 <= one <= 100 for one in CallReview.objects.values_list("score", flat=True))
