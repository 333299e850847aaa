"""Sums kept ready: equal to a count over everything, whatever was written and whenever notes were worked off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Sum
from django.test import Client as Browser
from django.urls import reverse

from clients import ownership, tally
from clients.models import Client, Ownership, OwnershipReason, Standing, Tallied, TallyNow, Untallied
from staff.access import Role
from staff.models import Branch, Employee
from tests import make

pytestmark = pytest.mark.django_db

CELL = ("branch", "owner", "abc", "xyz", "top", "life_cycle")
SUMS = ("n", "now", "before")
People = dict[str, Employee]
Row = tuple[Any, ...]


def kept() -> set[Row]:
    cells = TallyNow.objects.values_list(*CELL)
    cells = cells.annotate(n=Sum("clients"), now=Sum("turnover"), before=Sum("turnover_before"))
    return {row for row in cells if any(row[-3:])}


def counted() -> set[Row]:
    """The same over the tables themselves."""
    held = Ownership.objects.filter(ends_on__isnull=True, client__merged_into__isnull=True)
    path = "client__standing__"
    found = held.values_list("client__branch", "owner", *(F(f"{path}{name}") for name in CELL[2:]))
    found = found.filter(client__standing__isnull=False)
    return set(
        found.annotate(n=Count("pk"), now=Sum(f"{path}turnover"), before=Sum(f"{path}turnover_before")).order_by()
    )


@pytest.fixture
def three(people: People) -> list[Client]:
    owner = people[Role.CSM]
    with transaction.atomic():
        return [
            make.client("Альфа", owner, standing={"abc": "A", "xyz": "X", "turnover": 300, "turnover_before": 10}),
            make.client("Бета", owner, standing={"abc": "B", "xyz": "Z", "turnover": 200, "life_cycle": "zero"}),
            make.client("Гамма", people[Role.BDM_KEY], standing={"turnover": 100}),
        ]


def to_other_branch(client: Client, people: People, today: date) -> None:
    client.branch = Branch.objects.create(code="other", name="Другой")
    client.save(update_fields=["branch"])


def to_other_owner(client: Client, people: People, today: date) -> None:
    ownership.move({client.pk: people[Role.BDM_KEY].pk}, starts_on=today, reason=OwnershipReason.MANUAL)


def to_and_back(client: Client, people: People, today: date) -> None:
    to_other_owner(client, people, today)
    ownership.move({client.pk: people[Role.CSM].pk}, starts_on=today, reason=OwnershipReason.MANUAL)


def joined(client: Client, people: People, today: date) -> None:
    other = Client.objects.exclude(pk=client.pk).order_by("pk")[0]
    Client.objects.filter(pk=client.pk).update(merged_into=other)


def judged(client: Client, people: People, today: date) -> None:
    Standing.objects.filter(pk=client.pk).update(abc="C", life_cycle="lost", turnover=5)


def deleted(client: Client, people: People, today: date) -> None:
    Standing.objects.filter(pk=client.pk).delete()


def added(client: Client, people: People, today: date) -> None:
    make.client("Дельта", people[Role.CSM], standing={"turnover": 1})


CHANGES = [to_other_branch, to_other_owner, to_and_back, joined, judged, deleted, added]


@pytest.mark.parametrize("is_worked_off", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_sums_follow_every_change(
    change: Callable[[Client, People, date], None],
    is_worked_off: bool,
    three: list[Client],
    people: People,
    today: date,
) -> None:
    if is_worked_off:
        tally.work_off()
    assert kept() == counted()
    change(three[0], people, today)
    assert kept() == counted()
    tally.work_off()
    assert (kept(), Untallied.objects.count()) == (counted(), 0)


def test_a_change_of_nothing_summed_leaves_no_note(three: list[Client]) -> None:
    tally.work_off()
    Standing.objects.update(rhythm_days=7)
    Client.objects.update(city="Псков")
    assert not Untallied.objects.exists()


def test_working_off_nothing_writes_nothing(three: list[Client]) -> None:
    tally.work_off()
    before = list(Tallied.objects.order_by("pk").values())
    assert (tally.work_off(), list(Tallied.objects.order_by("pk").values())) == (0, before)


@pytest.mark.django_db(transaction=True)
def test_a_change_not_committed_is_not_lost(three: list[Client]) -> None:
    """A transaction begun before the notes are worked off and committed after it is counted when it commits."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("UPDATE clients_standing SET turnover = 7 WHERE client_id = %s", [three[0].pk])
            tally.work_off()
            assert kept() == counted()
            other.commit()
        assert kept() == counted()
        assert Untallied.objects.count() == 1
    finally:
        other.close()


QUERIES = (
    "",
    "owner=me",
    "owner=team",
    "owner={csm}",
    "owner={csm}&owner=me&abc=A",
    "abc=A&abc=none",
    "xyz=none&top=no",
    "state=zero",
    "branch={branch}",
    "g1=any&g1.abc=A&g1.state=zero",
    "g1=all&g1.abc=A&g1.xyz=X&g2=all&g2.owner={csm}&join=and",
    "g1=any&g1.abc=A&g1.bought=none",
    "state=zero&q=Бета",
)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("role", [Role.HOS, Role.CSM, Role.BDM_KEY])
def test_totals_equal_the_list(
    browser_of: Callable[[str], Browser], people: People, three: list[Client], query: str, role: str
) -> None:
    address = query.format(csm=people[Role.CSM].pk, branch=three[0].branch_id)
    browser = browser_of(role)
    rows = browser.get(f"{reverse('clients:client-list')}?{address}").context["rows"]
    totals = browser.get(f"{reverse('clients:client-totals')}?{address}").context["totals"]
    listed = (len(rows), sum(row.standing.turnover for row in rows))
    assert (totals["clients"], totals["turnover"]) == listed
