"""Two people at the deals of one client in the same moment: one next deal, and none is lost (R134)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction

from clients.models import Client
from deals.dealing import actions, following, tasks
from deals.dealing.models import Deal
from staff.models import Employee
from tests import make
from tests.at_once import MOST_SECONDS, waits
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 7, 16, 10, tzinfo=UTC)


@dataclass
class Scene:
    """A client with two open deals, and who closes them."""

    client: Client
    owner: Employee
    deals: list[Deal]

    def win(self, deal: Deal) -> None:
        actions.win(
            deal=deal,
            amount=Decimal(1),
            closed_on=TODAY,
            acting_user=self.owner,
            today=TODAY,
            now=NOW,
            seen=deal.version,
        )

    def open_ones(self) -> int:
        return Deal.objects.open().filter(client=self.client).count()


@pytest.fixture
def scene() -> Scene:
    with transaction.atomic():
        owner = make.employee("first")
        client = make.client("Принт-Хаус", owner, standing={"life_cycle": "active"})
        return Scene(client, owner, [make.deal(client, owner, TODAY, f"{n}") for n in range(2)])


def at_once(scene: Scene, act: Callable[[], Any]) -> None:
    """Close the first deal and, before that is committed, let another connection act on the second."""
    failed: list[Exception] = []

    def other() -> None:
        try:
            act()
        except Exception as fault:  # whatever broke it off is the finding
            failed.append(fault)
        finally:
            connection.close()

    thread = Thread(target=other)
    with transaction.atomic():
        scene.win(scene.deals[0])
        thread.start()
        end = monotonic() + MOST_SECONDS
        while thread.is_alive() and not waits() and monotonic() < end:
            sleep(0.02)
    thread.join(MOST_SECONDS)
    assert not thread.is_alive()
    assert failed == []


def test_two_people_close_the_last_two_and_one_deal_follows(scene: Scene) -> None:
    at_once(scene, lambda: scene.win(scene.deals[1]))

    assert scene.open_ones() == 1


def test_the_same_deal_closed_twice_is_followed_once(scene: Scene) -> None:
    scene.win(scene.deals[1])

    at_once(scene, lambda: scene.win(scene.deals[0]))

    assert scene.open_ones() == 1


@pytest.fixture
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the acts go by the client's lock: what the lock is for shows."""
    monkeypatch.setattr(actions, "hold", lambda client: None)
    monkeypatch.setattr(tasks, "_note_clients", lambda found: None)  # its lock comes later, and hides the race by luck


def test_without_the_lock_on_the_client_none_would_follow(scene: Scene, without_the_lock: None) -> None:
    at_once(scene, lambda: scene.win(scene.deals[1]))

    assert scene.open_ones() == 0
    assert following.missing().clients == 1
