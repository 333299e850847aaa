"""A small company with a year of history: two branches, three people, TOP clients, two directions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from clients.models import Category, Client, Direction, Product
from kpi.plans import actions, making
from kpi.plans.models import PlanFigure, PlanVersion
from salescrm.base.periods import add_months
from staff.access import Role
from staff.models import Employee
from tests import make

NOW = datetime(2026, 7, 16, 9, tzinfo=UTC)
TODAY = date(2026, 7, 16)
FIRST = date(2026, 8, 1)


@dataclass
class Company:
    """What the tests name."""

    hos: Employee
    csh: Employee
    anna: Employee
    boris: Employee
    vera: Employee
    clients: list[Client]
    home: Direction
    promo: Direction


def product(direction: Direction, code: str) -> Product:
    """Make a product of a direction."""
    category = Category.objects.create(name=code, direction=direction)
    return Product.objects.create(source=make.source(), code=code, name=code, category=category)


def company() -> Company:
    """Make it: shipments of July 2025 to June 2026, the 10th of each month, and one of July 2026."""
    spb, msk = make.branch("spb"), make.branch("msk")
    hos, csh = make.employee("boss", Role.HOS, branch=spb), make.employee("chief", Role.CSH, branch=spb)
    anna = make.employee("anna", branch=spb, administrative_head=csh)
    boris, vera = make.employee("boris", branch=spb, administrative_head=csh), make.employee("vera", branch=msk)
    home = Direction.objects.create(code="home", name="Дом", name_en="Home")
    promo = Direction.objects.create(code="promo", name="Промо", name_en="Promo")
    goods = {home.pk: product(home, "H1"), promo.pk: product(promo, "P1")}
    made = []
    plan: list[tuple[str, Employee, Direction, int, dict[str, Any]]] = [
        ("Альфа", anna, promo, 100, {"top": True, "life_cycle": "active"}),
        ("Бета", anna, home, 30, {"life_cycle": "active"}),
        ("Гамма", boris, promo, 50, {"top": True, "life_cycle": "active"}),
        ("Дельта", vera, home, 20, {"life_cycle": "new"}),
    ]
    for name, owner, direction, amount, standing in plan:
        standing |= {
            "rhythm_days": 30, "expected_on": date(2026, 8, 9), "first_purchase_on": date(2025, 7, 10), "purchases": 12
        }  # fmt: skip
        client = make.client(name, owner, standing=standing)
        for n in range(12):
            day = add_months(date(2025, 7, 10), n)
            make.shipment(client, day, amount * 1000 + n * 10, product=goods[direction.pk])
        made.append(client)
    make.shipment(made[0], date(2026, 7, 10), 40_000, product=goods[promo.pk])
    return Company(hos, csh, anna, boris, vera, made, home, promo)


def draft(company: Company, goal: Any = 3_000_000, *, first: date = FIRST, months: int = 12) -> PlanVersion:
    """Make a draft with its figures."""
    made, _job = actions.make(
        first_month=first, months=months, goal=Decimal(goal), comment="", acting_user=company.hos, now=NOW, today=TODAY,
        submission=uuid4(),
    )  # fmt: skip
    making.top_down(made, Decimal(goal), TODAY)
    return made


def approved(company: Company, goal: Any = 3_000_000, *, first: date = FIRST, months: int = 12) -> PlanVersion:
    """Make an approved plan."""
    made = draft(company, goal, first=first, months=months)
    actions.approve(plan=made, seen=made.version, acting_user=company.hos, now=NOW)
    made.refresh_from_db()
    return made


def sums(plan: PlanVersion, *by: str, measure: str = "turnover") -> dict[Any, Decimal]:
    """Return the sums of a plan by one dimension, or by several."""
    found: dict[Any, Decimal] = {}
    for one in PlanFigure.objects.filter(plan=plan, measure=measure, of_group=False):
        key = tuple(getattr(one, name) for name in by)
        found[key] = found.get(key, Decimal(0)) + one.amount
    return found
