"""A change of owner takes the open tasks along: by hand, by the night, and back (R191, product rule 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Ownership, OwnershipReason
from deals.actions import change_owners
from deals.models import Task
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]


def assignees() -> dict[str, str]:
    return dict(Task.objects.values_list("title", "assignee__role"))


def test_the_old_owners_open_tasks_go_along_and_come_back(browser_of: Browsers, people: People, today: date) -> None:
    csm = people[Role.CSM]
    client, other = make.client("Принт-Хаус", csm), make.client("Другой", csm)
    make.task("своя", csm, client=client, due_on=TODAY)
    make.task("чужая", people[Role.HOS], client=client, due_on=TODAY)
    make.task("другого", csm, client=other, due_on=TODAY)
    closed = {"state": "done", "closed_at": datetime(2026, 7, 1, tzinfo=UTC), "closed_by": csm}
    make.task("сделана", csm, client=client, due_on=TODAY, **closed)
    before = assignees()
    hos = browser_of(Role.HOS)
    hos.post(reverse("deals:owner-change", args=[client.pk]), {"owner": people[Role.BDM_KEY].pk, "note": "просил"})
    assert assignees() == before | {"своя": Role.BDM_KEY}
    page = hos.get(reverse("clients:client-card", args=[client.pk])).content.decode()
    hos.post(page.split('data-undo="')[1].split('"')[0])
    assert assignees() == before


def test_undo_leaves_what_somebody_else_decided_since(browser_of: Browsers, people: People, today: date) -> None:
    csm, key, recovery = people[Role.CSM], people[Role.BDM_KEY], people[Role.BDM_RECOVERY]
    one, two = make.client("Один", csm), make.client("Два", csm)
    make.task("звонок", csm, client=one, due_on=TODAY)
    first, second = browser_of(Role.HOS), browser_of(Role.CSH)
    query = f"ids={one.pk}&ids={two.pk}"
    first.post(f"{reverse('deals:owner-change-many')}?{query}", {"owner": key.pk, "note": "просили"})
    second.post(reverse("deals:owner-change", args=[one.pk]), {"owner": recovery.pk, "note": "иначе"})
    page = first.get(reverse("clients:client-list")).content.decode()
    answer = first.post(page.split('data-undo="')[1].split('"')[0])
    assert answer.status_code < 400
    owners = dict(Ownership.objects.filter(ends_on=None).values_list("client__name", "owner__role"))
    assert owners == {"Один": Role.BDM_RECOVERY, "Два": Role.CSM}
    assert assignees() == {"звонок": Role.BDM_RECOVERY}


def test_the_statements_do_not_grow_with_the_clients(people: People) -> None:
    csm, other = people[Role.CSM], people[Role.BDM_KEY]
    counts = []
    for upto in (range(3), range(3, 30)):
        clients = [make.client(f"c{n}", csm) for n in upto]
        for client in clients:
            make.task(client.name, csm, client=client, due_on=TODAY)
        moves: dict[int, int] = {client.pk: other.pk for client in clients}
        with CaptureQueriesContext(
            connection,
        ) as asked:
            moved = change_owners(moves, starts_on=TODAY, reason=OwnershipReason.MANUAL)
        assert moved == dict.fromkeys(moves, csm.pk)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert set(Task.objects.values_list("assignee", flat=True)) == {other.pk}


def test_history_keeps_who_had_the_task(people: People) -> None:
    client = make.client("Принт-Хаус", people[Role.CSM])
    task = make.task("звонок", people[Role.CSM], client=client, due_on=TODAY)
    change_owners({client.pk: people[Role.HOS].pk}, starts_on=TODAY, reason=OwnershipReason.MANUAL)
    events: Any = task.events  # type: ignore[attr-defined] # pghistory
    assert list(events.order_by("pgh_id").values_list("assignee__role", flat=True)) == [Role.CSM, Role.HOS]
