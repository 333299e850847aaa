"""Whatever people do in whatever order: every client has its deal, every open deal its task (R135, R136)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection

from clients.models import Client, LossReason
from deals import actions as tasks
from deals.dealing import actions, following, stages
from deals.dealing.models import Deal, StageEntry
from deals.models import Task
from deals.pipelines.models import StageKind
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
WITHOUT_DEAL = """
    SELECT count(*) FROM clients_standing standing WHERE standing.life_cycle IN ('new', 'active', 'zero')
    AND NOT EXISTS (SELECT 1 FROM deals_deal deal JOIN deals_pipeline line ON line.id = deal.pipeline_id
        WHERE deal.client_id = standing.client_id AND deal.state = 'open' AND line.purpose = 'shipment')
"""
WITHOUT_TASK = """
    SELECT count(*) FROM deals_deal deal WHERE deal.state = 'open'
    AND NOT EXISTS (SELECT 1 FROM deals_task task WHERE task.deal_id = deal.id AND task.state = 'open')
"""
ELSEWHERE = """
    SELECT count(*) FROM deals_deal deal
    LEFT JOIN deals_stageentry entry ON entry.deal_id = deal.id AND entry.left_at IS NULL
    WHERE entry.stage_id IS DISTINCT FROM deal.stage_id
       OR deal.next_task_on IS DISTINCT FROM
          (SELECT min(task.due_on) FROM deals_task task WHERE task.deal_id = deal.id AND task.state = 'open')
"""


def found(statement: str) -> int:
    """Count by SQL of the test's own, not by that of the program."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


@dataclass
class Play:
    """Clients, people and chance; each act does what a person may do at that moment."""

    chance: Random
    clients: list[Client]
    people: list[Employee]
    reason: LossReason
    day: int = 0
    documents: int = 0

    @property
    def today(self) -> date:
        return TODAY + timedelta(days=self.day)

    @property
    def told(self) -> dict[str, Any]:
        moment = datetime(2026, 7, 16, 10, tzinfo=UTC) + timedelta(days=self.day)
        return {"acting_user": self.chance.choice(self.people), "today": self.today, "now": moment}

    def deal(self, *, is_open: bool) -> Deal | None:
        rows = Deal.objects.filter(state=StageKind.OPEN) if is_open else Deal.objects.exclude(state=StageKind.OPEN)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        return Deal.objects.select_related("client", "stage").get(pk=self.chance.choice(ids)) if ids else None

    def open_one(self) -> None:
        client = self.chance.choice(self.clients)
        told = self.told
        actions.open_deal(
            client=client,
            pipeline=make.pipeline(),
            title="Заказ",
            owner=told["acting_user"],
            **told,
        )

    def move(self) -> None:
        deal = self.deal(is_open=True)
        if deal and (ways := stages.allowed(deal)):
            actions.move(deal=deal, to=self.chance.choice(ways), seen=deal.version, **self.told)

    def back(self) -> None:
        deal = self.deal(is_open=True)
        if deal:
            with suppress(actions.Refused):  # it has not been moved yet
                actions.undo_move(deal=deal, seen=deal.version, **self.told)

    def win(self) -> None:
        deal = self.deal(is_open=True)
        if deal:
            day = self.today
            actions.win(deal=deal, amount=Decimal(9), closed_on=day, seen=deal.version, **self.told)

    def lose(self) -> None:
        deal = self.deal(is_open=True)
        if deal:
            actions.lose(deal=deal, reason=self.reason, seen=deal.version, **self.told)

    def reopen(self) -> None:
        deal = self.deal(is_open=False)
        if deal:
            actions.reopen(deal=deal, seen=deal.version, **self.told)

    def finish(self) -> None:
        open_ones = list(Task.objects.open().order_by("pk").values_list("pk", flat=True))
        if open_ones:
            told = self.told
            del told["today"]
            some = self.chance.sample(open_ones, min(3, len(open_ones)))
            tasks.finish(tasks=Task.objects.filter(pk__in=some), result="готово", **told)

    def ship(self) -> None:
        self.documents += 1
        make.shipment(self.chance.choice(self.clients), self.today, 100, number=f"Д{self.documents}")
        told = self.told
        following.ship(today=told["today"], now=told["now"])

    def sleep(self) -> None:
        self.day += self.chance.randint(1, 9)


def play(seed: int, acts: int, people: list[Employee]) -> None:
    """Do so many acts by chance, and look at the invariants after each."""
    owners = people[:2]
    clients = [make.client(f"Клиент {n}", owners[n % 2], standing={"life_cycle": "active"}) for n in range(3)]
    make.pipeline(stages=3)
    game = Play(Random(seed), clients, owners, LossReason.objects.create(code="price", name="Цена"))
    game.chance.random()
    following.cure_clients([one.pk for one in clients], today=TODAY, now=game.told["now"])
    does: list[Callable[[], None]] = [
        game.open_one, game.move, game.move, game.back, game.win, game.win, game.lose, game.reopen, game.finish,
        game.finish, game.ship, game.sleep,
    ]  # fmt: skip
    for number in range(acts):
        act = game.chance.choice(does)
        act()
        said = (number, act.__name__)
        assert (found(WITHOUT_DEAL), found(WITHOUT_TASK), found(ELSEWHERE)) == (0, 0, 0), said
    assert following.missing() == following.Missing(0, 0)
    assert StageEntry.objects.count() > acts // 3


@pytest.mark.parametrize("seed", [1, 2])
def test_the_invariants_hold_after_every_act(people: dict[str, Employee], seed: int) -> None:
    play(seed, 120, [people["csm"], people["hos"]])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 16))
def test_the_invariants_hold_after_thousands(people: dict[str, Employee], seed: int) -> None:
    play(seed, 600, [people["csm"], people["hos"]])
