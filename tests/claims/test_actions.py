"""What people do with claims: terms in working days, the decision, the confirmation, what each day asks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from clients.models import Client
from deals.claims import actions
from deals.claims.models import Claim
from deals.dealing import actions as dealing
from deals.models import Task
from salescrm.base.models import Notification
from staff.models import Employee
from tests import make
from tests.claims.scene import NOW, cause, fresh, kind, made
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
People = dict[str, Employee]


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people["csm"])


def test_registration_makes_the_deal_its_terms_and_tells_the_head(client: Client, people: People) -> None:
    submission = uuid4()
    claim = made(client, people["csm"], submission=submission)
    assert made(client, people["csm"], submission=submission) == claim
    assert (claim.deal.pipeline.purpose, claim.deal.owner, claim.deal.title) == (
        "claim",
        people["csm"],
        "Брак: Пересорт",
    )
    # Thursday 16 July: two working days on is Monday, ten is Thursday the 30th
    assert (claim.answer_due_on, claim.decision_due_on) == (date(2026, 7, 20), date(2026, 7, 30))
    assert people["csh"].pk in set(Notification.objects.filter(kind="claim").values_list("person", flat=True))
    with pytest.raises(actions.Refused):
        made(client, people["csm"], deal=make.deal(client, people["csm"], TODAY))


def test_it_is_settled_only_when_the_client_agrees(client: Client, people: People) -> None:
    csm = people["csm"]
    claim = made(client, csm)

    def win() -> None:
        claim.deal.refresh_from_db()
        dealing.win(
            deal=claim.deal, amount=Decimal(0), closed_on=TODAY, acting_user=csm, today=TODAY, now=NOW,
            seen=claim.deal.version,
        )  # fmt: skip

    decision: dict[str, Any] = {"cause": cause(), "decision": "Замена", "cost": Decimal(500), "acting_user": csm}
    with pytest.raises(dealing.Refused):
        win()
    with pytest.raises(actions.Refused):
        actions.confirm(acting_user=csm, **fresh(claim))
    actions.answer(acting_user=csm, **fresh(claim))
    with pytest.raises(actions.Refused):
        actions.answer(acting_user=csm, **fresh(claim))
    stale = fresh(claim)
    actions.decide(**decision, **stale)
    with pytest.raises(actions.Refused):
        actions.decide(**(decision | {"decision": "Скидка"}), **(fresh(claim) | {"seen": stale["seen"]}))
    with pytest.raises(dealing.Refused):
        win()
    actions.confirm(acting_user=csm, **fresh(claim))
    with pytest.raises(actions.Refused):
        actions.decide(**decision, **fresh(claim))
    win()
    claim.refresh_from_db()
    assert (claim.decision, claim.cost, claim.deal.state) == ("Замена", Decimal(500), "won")


def test_the_day_sets_one_task_per_term_and_tells_the_heads_once(client: Client, people: People) -> None:
    csm = people["csm"]
    claim = made(client, csm)
    rows = Task.objects.filter(origin=f"claim_term:{claim.pk}")
    late = Notification.objects.filter(kind="claim", key__startswith=f"claim-late-{claim.pk}", person=people["csh"])
    # day, open tasks of terms, notices of the head
    for day, tasks, told in ((17, 0, 0), (20, 1, 0), (21, 1, 1), (22, 1, 1)):
        actions.run_day(NOW.replace(day=day))
        assert (day, rows.filter(state="open").count(), late.count()) == (day, tasks, told)
    actions.answer(acting_user=csm, **fresh(claim))
    assert rows.filter(state="open").count() == 0
    actions.run_day(NOW + timedelta(days=14))
    assert rows.filter(state="open").get().origin_as_of == claim.decision_due_on
    actions.decide(cause=cause(), decision="Замена", cost=Decimal(0), acting_user=csm, **fresh(claim))
    assert actions.run_day(NOW + timedelta(days=30)) == {"tasks": 0, "late": 0}
    assert Claim.objects.late(TODAY + timedelta(days=60)).count() == 0


def test_terms_are_of_the_kind(client: Client, people: People) -> None:
    claim = made(client, people["csm"], kind=kind(answer_days=0, decision_days=1))
    assert (claim.answer_due_on, claim.decision_due_on) == (date(2026, 7, 16), date(2026, 7, 17))
