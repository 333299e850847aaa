"""The chain of owners: what the database refuses, and how clients move along it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction

from clients import ownership
from clients.models import Client, Ownership, OwnershipReason
from staff.models import Employee
from tests import make

D = date(2026, 7, 16)
pytestmark = pytest.mark.django_db


def line(client: Client) -> list[tuple[str, date, date | None]]:
    return [
        (o.owner.username, o.starts_on, o.ends_on)
        for o in client.ownerships.select_related("owner").order_by("starts_on")
    ]


@pytest.fixture
def staff(branch: object) -> dict[str, Employee]:
    return {name: make.employee(name) for name in ("anna", "boris", "vera")}


def test_it_closes_the_old_interval_and_opens_the_new_one(staff: dict[str, Employee]) -> None:
    client = make.client("Принт-Хаус", staff["anna"])
    moved = ownership.move({client.pk: staff["boris"].pk}, starts_on=D, reason=OwnershipReason.MANUAL)
    assert moved == {client.pk: staff["anna"].pk}
    assert line(client) == [("anna", make.BEGIN, D), ("boris", D, None)]


def test_it_moves_nothing_when_the_owner_stays(staff: dict[str, Employee]) -> None:
    client = make.client("Принт-Хаус", staff["anna"])
    assert ownership.move({client.pk: staff["anna"].pk}, starts_on=D, reason=OwnershipReason.MANUAL) == {}
    assert line(client) == [("anna", make.BEGIN, None)]


def test_the_last_change_of_a_day_wins(staff: dict[str, Employee]) -> None:
    client = make.client("Принт-Хаус", staff["anna"])
    for name in ("boris", "vera"):
        ownership.move({client.pk: staff[name].pk}, starts_on=D, reason=OwnershipReason.MANUAL)
    assert line(client) == [("anna", make.BEGIN, D), ("vera", D, None)]


def test_a_change_back_on_the_same_day_leaves_no_trace_in_the_line(staff: dict[str, Employee]) -> None:
    client = make.client("Принт-Хаус", staff["anna"])
    for name in ("boris", "anna"):
        ownership.move({client.pk: staff[name].pk}, starts_on=D, reason=OwnershipReason.MANUAL)
    assert line(client) == [("anna", make.BEGIN, None)]


def test_it_overwrites_the_first_interval_of_a_client_made_that_day(staff: dict[str, Employee]) -> None:
    client = make.client("Принт-Хаус", staff["anna"], since=D)
    ownership.move({client.pk: staff["boris"].pk}, starts_on=D, reason=OwnershipReason.MANUAL)
    assert line(client) == [("boris", D, None)]


def test_it_leaves_alone_a_client_whose_owner_changed_later(staff: dict[str, Employee]) -> None:
    client = make.client("Принт-Хаус", staff["anna"])
    ownership.move({client.pk: staff["boris"].pk}, starts_on=D + timedelta(days=5), reason=OwnershipReason.MANUAL)
    assert ownership.move({client.pk: staff["vera"].pk}, starts_on=D, reason=OwnershipReason.ZERO) == {}


def test_the_number_of_statements_does_not_grow(
    staff: dict[str, Employee], django_assert_max_num_queries: Callable[[int], object]
) -> None:
    clients = [make.client(f"Клиент {n}", staff["anna"]) for n in range(40)]
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        ownership.move({c.pk: staff["boris"].pk for c in clients}, starts_on=D, reason=OwnershipReason.ZERO)
    assert Ownership.objects.filter(owner=staff["boris"], ends_on=None).count() == 40


REFUSED = {
    "gap": "UPDATE clients_ownership SET ends_on = ends_on - 1 WHERE ends_on IS NOT NULL",
    "no open end": "UPDATE clients_ownership SET ends_on = '2030-01-01' WHERE ends_on IS NULL",
    "two open ends": "UPDATE clients_ownership SET ends_on = NULL",
    "overlap": "UPDATE clients_ownership SET starts_on = starts_on - 1 WHERE ends_on IS NULL",
    "first link lost": "DELETE FROM clients_ownership WHERE ends_on IS NOT NULL",
    "no owner at all": "DELETE FROM clients_ownership",
    "client points elsewhere": "UPDATE clients_client SET owned_from = owned_from + 1",
}


def run_raw(statement: str) -> None:
    """Run one statement as a transaction of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses(staff: dict[str, Employee], statement: str) -> None:
    client = make.client("Принт-Хаус", staff["anna"])
    ownership.move({client.pk: staff["boris"].pk}, starts_on=D, reason=OwnershipReason.MANUAL)
    before = line(client)
    with pytest.raises(IntegrityError):
        run_raw(statement)
    assert line(client) == before


def tiles(client_id: int) -> bool:
    """Say whether the intervals of a client form one unbroken line from its first day to for ever."""
    spans = list(
        Ownership.objects.filter(client_id=client_id).order_by("starts_on").values_list("starts_on", "ends_on")
    )
    ends = [end for _start, end in spans]
    return bool(spans) and ends[:-1] == [start for start, _end in spans[1:]] and ends[-1] is None


DAYS = [D + timedelta(days=n) for n in range(4)]
INSERT = "INSERT INTO clients_ownership (client_id, owner_id, starts_on, ends_on, reason, note) "
STATEMENTS = {  # c client, o owner, s a day, e a day or nothing
    INSERT + "VALUES (%s, %s, %s, %s, 'manual', '')": "cose",
    INSERT + "VALUES (%s, %s, %s, NULL, 'manual', '')": "cos",
    "UPDATE clients_ownership SET ends_on = %s WHERE client_id = %s AND ends_on IS NULL": "sc",
    "UPDATE clients_ownership SET ends_on = %s WHERE client_id = %s AND ends_on = %s": "ecs",
    "UPDATE clients_ownership SET starts_on = %s WHERE client_id = %s AND starts_on = %s": "scs",
    "DELETE FROM clients_ownership WHERE client_id = %s AND starts_on = %s": "cs",
    "UPDATE clients_client SET owned_from = %s WHERE id = %s": "sc",
}


def accepted(chance: Random, values: dict[str, int]) -> bool:
    """Throw a transaction of one to four random raw statements at a client; say whether the database took it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            near = chance.choices(DAYS, k=2)  # few days in one transaction: some of them fit together
            for _number in range(chance.randint(1, 3)):
                statement, shape = chance.choice(list(STATEMENTS.items()))
                days = {"s": chance.choice(near), "e": chance.choice([*near, None])}
                cursor.execute(statement, [values.get(letter) or days[letter] for letter in shape])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError:
        return False
    return True


def test_no_raw_transaction_breaks_the_line(staff: dict[str, Employee]) -> None:
    client = make.client("Проба", staff["anna"], since=D)
    chance, taken = Random(20260716), 0
    for _number in range(1500):
        before = line(client)
        if accepted(chance, {"c": client.pk, "o": staff["boris"].pk}):
            taken += line(client) != before
        assert tiles(client.pk)
    assert taken > 10, "the statements must be able to change the line, or the test proves nothing"
