"""Two heads review one call in the same moment: the second is told, one review stays."""

from __future__ import annotations

from threading import Thread
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from deals.actions import Refused
from deals.call_reviews.models import CallReview, CallReviewMark
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.call_reviews.scene import NOW, criteria, reviewed

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_review_of_a_call() -> None:
    with transaction.atomic():
        heads, owner = [make.employee("hos", "hos"), make.employee("csh", "csh")], make.employee("owner")
        call = make.said(make.client("Принт-Хаус", owner), owner, NOW.date())
        criteria()
    told = []

    def second() -> None:
        try:
            reviewed(call, heads[1])
        except Refused as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    thread = Thread(target=second)
    with transaction.atomic():
        first = reviewed(call, heads[0])
        thread.start()
        until = monotonic() + MOST_SECONDS
        while not waits() and monotonic() < until:
            sleep(0.02)
    thread.join()
    assert (len(told), heads[0].short_name in told[0]) == (1, True)
    assert list(CallReview.objects.all()) == [first]
    assert CallReviewMark.objects.count() == 3
