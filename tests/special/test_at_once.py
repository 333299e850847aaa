"""The same form sent twice in the same moment makes one special task, one task per client."""

from __future__ import annotations

from threading import Thread
from time import monotonic, sleep
from uuid import uuid4

import pytest
from django.db import connection, transaction

from deals.models import Task
from deals.special.models import SpecialTask
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.special.scene import made

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_double_click_makes_one() -> None:
    with transaction.atomic():
        head, owner = make.employee("head", "hos"), make.employee("owner")
        clients = [make.client(f"Клиент {number}", owner) for number in range(2)]
    number, got = uuid4(), []

    def second() -> None:
        try:
            got.append(made(head, clients, submission=number))
        finally:
            connection.close()

    thread = Thread(target=second)
    with transaction.atomic():
        first = made(head, clients, submission=number)
        thread.start()
        until = monotonic() + MOST_SECONDS
        while not waits() and monotonic() < until:
            sleep(0.02)
    thread.join()
    assert (got, SpecialTask.objects.count(), Task.objects.count()) == ([first], 1, 2)
