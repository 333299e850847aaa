"""Addresses of pay: an open month with the csm's pay, an approved scheme of the post and a draft of the next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kpi.indicators.models import Indicator
from kpi.pay.models import PayComponent, PayScheme
from staff.access import Act, Role
from staff.models import Position
from tests.access.clients import who_may
from tests.access.table import NOBODY, Row, Scene

SEES = who_may(Act.SEE_PAY)
CHANGERS = who_may(Act.CHANGE_PAY)
APPROVERS = who_may(Act.APPROVE_PAY)
SEES_CSM = {Role.CSM, Role.BRANCH_HEAD, Role.HOS, Role.DIRECTOR}
HIDDEN: dict[str, int] = {Role.DEPUTY_DIRECTOR: 403, Role.DEPUTY_IT: 403}
NOW = datetime(2026, 7, 1, tzinfo=UTC)
MONTH = "?month=2026-05"  # the month of the board's rows


def prepare(scene: Scene) -> None:
    """Add the schemes."""
    hos = scene.people[Role.HOS]
    post = Position.objects.create(code="pay-post", name="Pay post", role=Role.CSM)
    paid_by = Indicator.objects.create(code="pay-turnover", name="t", measure="turnover", roles=[Role.CSM])
    given: dict[str, Any] = {"position": post, "author": hos, "created_at": NOW, "fixed_salary": 10}
    PayScheme.objects.create(
        month=date(2026, 1, 1), state="approved", approved_by=hos, approved_at=NOW, **given
    )  # fmt: skip
    draft = PayScheme.objects.create(month=date(2026, 9, 1), **given)
    scene.extra["pay draft"] = draft
    scene.extra["pay part"] = PayComponent.objects.create(
        scheme=draft, indicator=paid_by, rate=Decimal(1), is_permanent=True
    )


def the_csm(scene: Scene) -> list[Any]:
    """Return the csm as the address's argument."""
    return [scene.people[Role.CSM].pk]


def draft(scene: Scene) -> list[Any]:
    """Return the draft as the address's argument."""
    return [scene.extra["pay draft"].pk]


def part(scene: Scene) -> list[Any]:
    """Return the component of the draft as the address's arguments."""
    return [scene.extra["pay draft"].pk, scene.extra["pay part"].pk]


ROWS = [
    Row("kpi:pay", SEES, query=MONTH),
    Row("kpi:pay-export", SEES, query=MONTH),
    Row("kpi:pay-sheet", SEES_CSM, args=the_csm, query=MONTH, denied=404, also=HIDDEN),
    Row("kpi:pay-what-if", SEES_CSM, args=the_csm, query=MONTH, denied=404, also=HIDDEN),
    Row("kpi:pay-what-if", NOBODY, args=the_csm, query="?month=1999-01", denied=404, also=HIDDEN),
    Row("kpi:pay-fund", {Role.HOS, Role.DIRECTOR}),
    Row("kpi:pay-fund-rate", CHANGERS),
    Row("kpi:pay-fund-rate", CHANGERS, method="post", ok=422),
    Row("kpi:pay-schemes", CHANGERS | APPROVERS),
    Row("kpi:pay-scheme-new", CHANGERS),
    Row("kpi:pay-scheme-new", CHANGERS, method="post", ok=422),
    Row("kpi:pay-scheme", CHANGERS | APPROVERS, args=draft),
    Row("kpi:pay-scheme-terms", CHANGERS, args=draft),
    Row("kpi:pay-scheme-terms", CHANGERS, method="post", args=draft, ok=422),
    Row("kpi:pay-component-new", CHANGERS, args=draft),
    Row("kpi:pay-component-new", CHANGERS, method="post", args=draft, ok=422),
    Row("kpi:pay-component", CHANGERS, args=part),
    Row("kpi:pay-component", CHANGERS, method="post", args=part, ok=422),
    Row("kpi:pay-component-remove", CHANGERS, method="post", args=part, ok=302),
    Row("kpi:pay-scheme-approve", APPROVERS, method="post", args=draft, ok=302),
    Row("kpi:pay-scheme-discard", CHANGERS, method="post", args=draft, ok=302),
]
