"""Pay: the arithmetic as a table of cases, whose sheets one sees, a closed month for ever, a hand-over in mid-month."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from clients import ownership
from clients.models import OwnershipReason
from kpi.indicators.models import Indicator
from kpi.measures import closing, computing
from kpi.measures.models import Month, Result
from kpi.pay import actions, reading, rules
from kpi.pay import computing as pay
from kpi.pay.models import Part, PayScheme, PaySheet, PaySheetLine
from kpi.pay.rules import Terms, Way
from salescrm.base import reference
from salescrm.base.jobs import Refused
from salescrm.demo import pay as demo
from salescrm.demo import people
from staff.access import Role
from staff.models import Employee, Position
from tests import make

NOW = datetime(2026, 7, 2, 9, tzinfo=UTC)
JUNE, TODAY = date(2026, 6, 1), date(2026, 7, 2)
EACH = Terms(Way.UNIT, Decimal(500), cap=Decimal("1.5"))
FOR_TARGET = Terms(Way.TARGET, Decimal(10_000), floor=Decimal("0.7"), cap=Decimal("1.2"))


@pytest.mark.parametrize(
    ("terms", "fact", "target", "amount"),
    [
        (FOR_TARGET, "100", "100", "10000.00"),
        (FOR_TARGET, "69.99", "100", "0.00"),
        (FOR_TARGET, "70", "100", "7000.00"),
        (FOR_TARGET, "120", "100", "12000.00"),
        (FOR_TARGET, "500", "100", "12000.00"),
        (FOR_TARGET, "100", "300", "0.00"),
        (FOR_TARGET, "2", "2.5", "8000.00"),
        (FOR_TARGET, "5", None, "0.00"),
        (FOR_TARGET, None, "5", "0.00"),
        (FOR_TARGET, "-5", "5", "0.00"),
        (Terms(Way.TARGET, Decimal(10_000)), "1", "3", "3333.00"),
        (Terms(Way.TARGET, Decimal(1000), scale="all"), "99", "100", "0.00"),
        (Terms(Way.TARGET, Decimal(1000), scale="all"), "100", "100", "1000.00"),
        (Terms(Way.TARGET, Decimal(1000), falls=True), "4", "2", "500.00"),
        (Terms(Way.PERCENT, Decimal("1.5")), "333.33", None, "5.00"),
        (Terms(Way.PERCENT, Decimal("1.5")), "-100", None, "0.00"),
        (EACH, "3", None, "1500.00"),
        (EACH, "9", "4", "3000.00"),
    ],
)
def test_a_component(terms: Terms, fact: str | None, target: str | None, amount: str) -> None:
    given = [None if one is None else Decimal(one) for one in (fact, target)]
    assert rules.earned(terms, *given).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("score", "paid"), [(None, "20000.00"), ("0.5999", "0"), ("0.6", "12000.00"), ("1.1", "20000.00")]
)
def test_the_soft_salary(score: str | None, paid: str) -> None:
    given = None if score is None else Decimal(score)
    assert rules.soft(Decimal(20_000), given, Decimal("0.6")) == Decimal(paid)


@pytest.mark.parametrize(
    ("total", "before", "added"), [("80", "100", "10.00"), ("90", "100", "0"), ("95", "100", "0"), ("5", None, "0")]
)
def test_the_guarantee(total: str, before: str | None, added: str) -> None:
    mean = None if before is None else Decimal(before)
    assert rules.topped_up(Decimal(total), mean, Decimal("0.9")) == Decimal(added)


def test_the_old_formula() -> None:
    """30,000 + 1 % of 2,000,000 at 80 % of the plan, a quarter of the orders."""
    salary, percent, turnover, plan, mine, whole = (Decimal(one) for one in (30_000, 1, 2_000_000, 2_500_000, 25, 100))
    assert rules.legacy(salary, percent, turnover, plan, mine, whole) == Decimal("34000.00")
    nought = Decimal(0)
    assert rules.legacy(salary, percent, turnover, nought, nought, nought) == Decimal("30000.00")


def indicator(code: str, measure: str, **more: Any) -> Indicator:
    return Indicator.objects.create(code=code, name=code, measure=measure, roles=[Role.CSM], **more)


def scene(people: int = 2) -> dict[str, Employee]:
    """Make people with a scheme: 2 % of turnover, 500 for each active account, 1,000 at 2 purchases of the company."""
    make.rule_set(effective_from=date(1999, 1, 1))
    post = Position.objects.get_or_create(code="csm", defaults={"name": "МКС", "role": Role.CSM})[0]
    found: dict[str, Employee] = {role: make.employee(role, role) for role in (Role.HOS, Role.DIRECTOR)}
    for number in range(people):
        found[f"csm{number}"] = make.employee(f"csm{number}", position=post)
    scheme = actions.begin(position=post, month=JUNE, acting_user=found[Role.HOS], now=NOW, submission=uuid4())
    scheme = actions.change(
        scheme=scheme, seen=1, acting_user=found[Role.HOS], fixed_salary=Decimal(30_000), guarantee_months=0
    )
    parts = [
        (indicator("t", "turnover"), Way.PERCENT, 2, None),
        (indicator("a", "active_accounts"), Way.UNIT, 500, None),
        (indicator("c", "purchases", scope="company"), Way.TARGET, 1000, 2),
    ]
    for seen, (one, way, rate, target) in enumerate(parts, 2):
        actions.put(
            scheme=scheme, seen=seen, acting_user=found[Role.HOS], indicator=one, way=way, rate=Decimal(rate),
            target=target and Decimal(target), part=Part.VARIABLE, is_permanent=way == Way.PERCENT,
        )  # fmt: skip
    actions.approve(scheme=scheme, seen=5, acting_user=found[Role.DIRECTOR], now=NOW)
    return found


def paid(*people: Employee, month: date = JUNE) -> dict[str, Decimal]:
    return {one.row.employee.username: one.row.variable for one in pay.reckon(month, people)}


@pytest.mark.django_db
def test_a_client_handed_over_in_the_middle_of_a_month_is_paid_to_both_and_adds_up() -> None:
    found = scene()
    first, second = found["csm0"], found["csm1"]
    client = make.client("k", first)
    make.shipment(client, date(2026, 6, 3), 1000)
    ownership.move({client.pk: second.pk}, starts_on=date(2026, 6, 15), reason=OwnershipReason.MANUAL)
    make.shipment(client, date(2026, 6, 20), 3000)
    computing.refresh(JUNE, date(2026, 6, 30))
    assert paid(first, second) == {"csm0": Decimal(20 + 500 + 1000), "csm1": Decimal(60 + 1000)}
    turnover = [line.amount for one in pay.reckon(JUNE, [first, second]) for line in one.of("variable")[:1]]
    assert sum(turnover) == Decimal(4000) * 2 / 100


def june(value: int = 5000, people: int = 2) -> dict[str, Employee]:
    """Make June with results as a night would leave them."""
    found = scene(people)
    month = Month.objects.create(day=JUNE, as_of=date(2026, 6, 30), rule_set_id=make.rule_set().pk)
    for number in range(people):
        one = found[f"csm{number}"]
        given = {"month": month, "employee": one, "branch": one.branch, "client_group": "top"}
        Result.objects.create(measure="turnover", value=value, **given)
        Result.objects.create(measure="purchases", value=1, **given)
    return found


@pytest.mark.django_db
def test_a_closed_month_gives_the_same_figures_for_ever() -> None:
    found = june()
    closing.close(month=JUNE, acting_user=found[Role.HOS], now=NOW)
    before = list(PaySheet.objects.values()), list(PaySheetLine.objects.values())
    assert [row["total"] for row in before[0]] == [Decimal(31_100)] * 2
    Indicator.objects.update(measure="documents")
    assert pay.freeze(JUNE) == 0
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        PaySheet.objects.update(fixed=F("fixed") + 1, total=F("total") + 1)
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        PaySheetLine.objects.all().delete()
    assert (list(PaySheet.objects.values()), list(PaySheetLine.objects.values())) == before
    shown = reading.sheets(JUNE, reading.seen_people(found["csm0"]))
    assert [(one.row.total, one.is_kept, len(one.lines)) for one in shown] == [(Decimal(31_100), True, 3)]
    closing.reopen(month=JUNE, reason="Поздний возврат", acting_user=found[Role.HOS], now=NOW)
    closing.close(month=JUNE, acting_user=found[Role.HOS], now=NOW)
    assert PaySheet.objects.count() == 2


@pytest.mark.django_db
def test_a_scheme_outside_the_rules_is_not_approved() -> None:
    found = scene()
    post = Position.objects.get(code="csm")
    given: dict[str, Any] = {"acting_user": found[Role.HOS]}
    draft = actions.begin(position=post, month=date(2026, 7, 1), now=NOW, submission=uuid4(), **given)
    assert (draft.components.count(), draft.fixed_salary, actions.faults(draft)) == (3, Decimal(30_000), [])
    actions.remove(component=draft.components.first(), seen=1, **given)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="3"):
        actions.approve(scheme=draft, seen=2, acting_user=found[Role.DIRECTOR], now=NOW)
    with pytest.raises(Refused):
        actions.change(scheme=draft, seen=1, fixed_salary=Decimal(1), **given)
    foreign = indicator("x", "turnover")
    foreign.roles = [Role.HOS]
    with translation.override("ru"), pytest.raises(Refused, match="функци"):
        actions.put(scheme=draft, seen=2, indicator=foreign, rate=Decimal(1), **given)
    draft.components.all().delete()
    assert len(actions.faults(PayScheme.objects.get(pk=draft.pk))) == 1


@pytest.mark.django_db
def test_who_sees_whose_pay(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCRM_TODAY", TODAY.isoformat())
    found = june()
    moscow = make.branch("msk")
    found["far"] = make.employee("far", branch=moscow, position=found["csm0"].position)
    for role in (Role.CSH, Role.BRANCH_HEAD, Role.DEPUTY_DIRECTOR, Role.DEPUTY_IT):
        found[role] = make.employee(role, role, branch=moscow if role == Role.BRANCH_HEAD else make.branch())
    seen = {
        "csm0": (200, 404, 404), "csm1": (404, 200, 404), Role.CSH: (404, 404, 404), Role.BRANCH_HEAD: (404, 404, 200),
        Role.HOS: (200, 200, 200), Role.DIRECTOR: (200, 200, 200), Role.DEPUTY_DIRECTOR: (403, 403, 403),
        Role.DEPUTY_IT: (403, 403, 403),
    }  # fmt: skip
    for viewer, answers in seen.items():
        client.force_login(found[viewer])
        for path in ("", "what-if/"):
            got = tuple(
                client.get(f"/kpi/pay/{found[one].pk}/{path}?month=2026-06").status_code
                for one in ("csm0", "csm1", "far")
            )
            assert got == answers, (viewer, path)
        export = client.get("/kpi/pay/export/?month=2026-06")
        assert export.status_code == (403 if 403 in answers else 200)
    client.force_login(found["csm0"])
    before = PaySheet.objects.count(), list(Result.objects.values())
    fact = Indicator.objects.get(code="t").pk
    page = client.get(f"/kpi/pay/{found['csm0'].pk}/what-if/?month=2026-06&fact-{fact}=10000&fact-0=x")
    assert page.context["difference"] == 100
    assert (PaySheet.objects.count(), list(Result.objects.values())) == before


@pytest.mark.django_db
def test_the_list_asks_the_same_of_three_people_and_of_thirty(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESCRM_TODAY", TODAY.isoformat())
    found = june(people=3)
    client.force_login(found[Role.HOS])

    def asked(number: int) -> tuple[int, int]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get("/kpi/pay/?month=2026-06")
        assert len(page.context["sheets"]) == number
        return len(queries), page.status_code

    asked(3)
    few = asked(3)
    month = Month.objects.get(pk=JUNE)
    for number in range(3, 30):
        one = make.employee(f"csm{number}", position=found["csm0"].position)
        Result.objects.create(
            month=month, employee=one, branch=one.branch, client_group="top", measure="turnover", value=number
        )
    assert asked(30) == few
    assert few[0] <= 20
    closing.close(month=JUNE, acting_user=found[Role.HOS], now=NOW)
    assert asked(30)[0] <= few[0]


@pytest.mark.django_db
def test_the_sample_company_has_an_approved_scheme_of_every_paid_post() -> None:
    reference.load()
    people.hire()
    make.rule_set(effective_from=date(1999, 1, 1))
    computing.backfill(2, date(2026, 7, 1))
    demo.write(date(2026, 7, 1))
    assert PayScheme.objects.filter(state="approved").count() == len(demo.SCHEMES)
    assert Month.objects.filter(state="closed").count() == 1
    assert PaySheet.objects.filter(month=date(2026, 5, 1)).count() >= len(demo.SCHEMES) - 2
