"""Two people decide one claim in the same moment: the second is told."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction

from deals.claims import actions
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.claims.scene import NOW, cause, made

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_decision_is_refused() -> None:
    with transaction.atomic():
        owner = make.employee("first")
        claim = made(make.client("Принт-Хаус", owner), owner)
        why = cause()
    said: list[str] = []

    def decide(words: str) -> None:
        told: dict[str, Any] = {"cost": Decimal(0), "seen": claim.version, "acting_user": owner, "now": NOW}
        actions.decide(claim=claim, cause=why, decision=words, **told)

    def second() -> None:
        try:
            decide("Скидка")
        except actions.Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    thread = Thread(target=second)
    with transaction.atomic():
        decide("Замена")
        thread.start()
        until = monotonic() + MOST_SECONDS
        while not waits() and monotonic() < until:
            sleep(0.02)
    thread.join()
    claim.refresh_from_db()
    assert (claim.decision, len(said)) == ("Замена", 1)
