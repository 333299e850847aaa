"""Two heads take one request in the same moment: one has it, the second is told who."""

from __future__ import annotations

from threading import Thread
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from deals.help_requests import actions
from deals.help_requests.models import HelpRequest
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.help_requests.scene import NOW, asked

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_head_takes_it() -> None:
    with transaction.atomic():
        heads, owner = [make.employee("hos", "hos"), make.employee("csh", "csh")], make.employee("owner")
        found = asked(make.client("Принт-Хаус", owner), owner)
    told = []

    def second() -> None:
        try:
            actions.accept(found=found, acting_user=heads[1], now=NOW)
        except actions.Refused as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    thread = Thread(target=second)
    with transaction.atomic():
        actions.accept(found=found, acting_user=heads[0], now=NOW)
        thread.start()
        until = monotonic() + MOST_SECONDS
        while not waits() and monotonic() < until:
            sleep(0.02)
    thread.join()
    assert (len(told), heads[0].short_name in told[0]) == (1, True)
    assert HelpRequest.objects.get().accepted_by == heads[0]
