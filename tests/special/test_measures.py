"""Special tasks as measures: given and done by month of their end, person and group of clients; what ends drop."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from deals import actions as base
from deals.models import Task
from deals.special import actions
from deals.special.models import SpecialState
from kpi.measures import computing
from kpi.measures.models import Result
from staff.models import Employee
from tests import make
from tests.special.scene import NOW, made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
LATER = datetime(2026, 8, 3, 10, tzinfo=UTC)


def results(month: date) -> dict[tuple[str, str], dict[str, int]]:
    """Return given and done of a month by person and group of clients."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    rows = Result.objects.filter(month=month, measure__startswith="special_tasks").select_related("employee")
    for row in rows:
        kinds = found.setdefault((row.employee.username, row.client_group), {"given": 0, "done": 0})
        kinds["done" if row.measure.endswith("_done") else "given"] += int(row.value)
    return found


def test_given_and_done_by_month_person_and_group(people: dict[str, Employee]) -> None:
    make.rule_set()
    hos, csm, key = people["hos"], people["csm"], people["bdm_key"]
    own = [make.client(f"c{n}", csm, standing={"life_cycle": "active"}) for n in range(3)]
    of_key = make.client("k", key, standing={"life_cycle": "active"})
    july = made(hos, [*own, of_key])
    made(hos, people=[csm])
    august = made(hos, own[:2], ends_on=date(2026, 8, 31))
    for task in Task.objects.filter(special_line__special_task=july, client__in=own[:2]):
        base.finish(tasks=Task.objects.filter(pk=task.pk), result="да", acting_user=csm, now=NOW)

    computing.backfill(0, date(2026, 7, 20))
    groups = {group for person, group in results(JULY) if person == "csm"}
    whole = {"given": 0, "done": 0}
    for (person, _group), counted in results(JULY).items():
        if person == "csm":
            whole = {name: whole[name] + counted[name] for name in whole}
    assert whole == {"given": 4, "done": 2}
    assert len(groups) == 2  # with clients and without
    assert sum(one["given"] for (person, _g), one in results(JULY).items() if person == "bdm_key") == 1
    assert results(AUGUST) == {}

    actions.finish(
        special_task=july, state=SpecialState.CLOSED, reason="срок", seen=july.version, acting_user=hos, now=LATER
    )
    actions.finish(
        special_task=august, state=SpecialState.CANCELLED, reason="не надо", seen=august.version, acting_user=hos,
        now=LATER,
    )  # fmt: skip
    computing.backfill(1, date(2026, 8, 5))
    assert sum(one["given"] for (person, _g), one in results(JULY).items() if person == "csm") == 4  # left undone stays
    assert results(AUGUST) == {}  # what was cancelled was not given


def test_what_was_done_after_the_day_is_not_known_on_it(people: dict[str, Employee]) -> None:
    make.rule_set()
    hos, csm = people["hos"], people["csm"]
    made(hos, [make.client("c", csm, standing={"life_cycle": "active"})])
    base.finish(tasks=Task.objects.all(), result="да", acting_user=csm, now=datetime(2026, 7, 21, 10, tzinfo=UTC))
    computing.backfill(0, date(2026, 7, 20))
    assert [one["done"] for one in results(JULY).values()] == [0]
    computing.backfill(0, date(2026, 7, 21))
    assert [one["done"] for one in results(JULY).values()] == [1]
