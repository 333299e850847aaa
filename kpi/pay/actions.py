"""What people decide about pay: the one writer of schemes, their components and the rate of the fund.

Every act on a scheme locks its row; `seen` is the version number the person had before the eyes, another one is
Refused. Refused has one line for the person. An approved scheme is never changed: the next one begins with a month.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpi.measures.models import Month, MonthState
from kpi.pay.models import Part, PayComponent, PayFundRate, PayScheme, SchemeState
from salescrm.base.jobs import Refused
from staff.access import Act, Role, require
from staff.models import Employee, Position

LEAST, MOST = 3, 5  # variable components of a scheme (R255)
PERMANENT = (1, 2)  # of them stay whatever the priorities of the period
UNBOUND = frozenset({Role.DEPUTY_DIRECTOR, Role.DEPUTY_IT, Role.DIRECTOR, Role.NONE})  # pay may be salary only (R256)
TERMS = (
    "fixed_salary", "soft_salary", "soft_least", "market_pay", "guarantee_months", "guarantee_share", "legacy_salary",
    "legacy_percent", "comment",
)  # fmt: skip
COPIED = (
    "indicator", "part", "way", "rate", "weight", "is_permanent", "target", "scale", "floor", "cap", "steps",
)  # fmt: skip


def _clean(row: PayScheme | PayComponent | PayFundRate) -> None:
    unasked = [field.name for field in row._meta.fields if field.null and not field.blank]
    try:
        row.full_clean(exclude=unasked)
    except ValidationError as fault:
        raise Refused(" ".join(fault.messages)) from fault


def _draft(scheme: PayScheme, seen: int) -> PayScheme:
    found = PayScheme.objects.select_for_update(of=("self",)).select_related("position").filter(pk=scheme.pk).first()
    if found is None:
        raise Refused(_("The scheme was discarded meanwhile."))
    if not found.is_draft:
        raise Refused(_("An approved scheme is not changed: begin a new one from a later month."))
    if found.version != seen:
        raise Refused(_("Somebody changed the scheme meanwhile: look at it anew."))
    return found


def _touch(scheme: PayScheme) -> None:
    scheme.version += 1
    scheme.save()


@transaction.atomic
def begin(
    *, position: Position, month: date, acting_user: Employee, now: datetime, submission: UUID
) -> PayScheme:  # fmt: skip
    """Begin a draft as a copy of the position's scheme in force; the same form twice is one draft."""
    require(acting_user, Act.CHANGE_PAY)
    last = PayScheme.objects.filter(position=position, month__lte=month, state=SchemeState.APPROVED)
    before = last.order_by("-month", "-pk").prefetch_related("components").first()
    given = {name: getattr(before, name) for name in TERMS if name != "comment"} if before else {}
    made, is_new = PayScheme.objects.get_or_create(
        submission=submission,
        defaults={"position": position, "month": month, "author": acting_user, "created_at": now} | given,
    )
    if is_new and before:
        for one in before.components.all():
            PayComponent.objects.create(scheme=made, **{name: getattr(one, name) for name in COPIED})
    return made


@transaction.atomic
def change(*, scheme: PayScheme, seen: int, acting_user: Employee, **terms: Any) -> PayScheme:
    """Change the terms of a draft."""
    require(acting_user, Act.CHANGE_PAY)
    found = _draft(scheme, seen)
    for name, value in terms.items():
        setattr(found, name, value)
    _clean(found)
    _touch(found)
    return found


@transaction.atomic
def put(
    *, scheme: PayScheme, seen: int, acting_user: Employee, component: PayComponent | None = None, **terms: Any
) -> PayComponent:  # fmt: skip
    """Add a component to a draft or change one; Refused for an indicator the post does not influence (R257)."""
    require(acting_user, Act.CHANGE_PAY)
    found = _draft(scheme, seen)
    row = component or PayComponent(scheme=found)
    for name, value in terms.items():
        setattr(row, name, value)
    if found.position.role not in row.indicator.roles:
        raise Refused(_("The position has no function that influences this indicator."))
    _clean(row)
    row.save()
    _touch(found)
    return row


@transaction.atomic
def remove(*, component: PayComponent, seen: int, acting_user: Employee) -> None:
    """Take a component out of a draft."""
    require(acting_user, Act.CHANGE_PAY)
    found = _draft(component.scheme, seen)
    PayComponent.objects.filter(pk=component.pk).delete()
    _touch(found)


def faults(scheme: PayScheme) -> list[str]:
    """Say what keeps a scheme from being approved (R255, R256); empty when nothing does."""
    found = []
    parts = list(scheme.components.all())
    variable = [one for one in parts if one.part == Part.VARIABLE]
    role = scheme.position.role
    least = 0 if role in UNBOUND else 1 if role == Role.OPERATOR else LEAST
    if not variable and least:
        found.append(_("Pay without a variable part is not possible for the sales department."))
    elif not least <= len(variable) <= MOST:
        found.append(
            _("The variable part has %(least)s to %(most)s components, here: %(number)s.")
            % {"least": least, "most": MOST, "number": len(variable)}
        )
    permanent = sum(one.is_permanent for one in variable)
    if variable and not PERMANENT[0] <= permanent <= PERMANENT[1]:
        found.append(_("One or two variable components are permanent, here: %s.") % permanent)
    weights = sum(one.weight for one in parts if one.part == Part.SOFT)
    if scheme.soft_salary > 0 and weights != 100:
        found.append(_("The weights of the soft salary make 100 %%, here: %s.") % weights)
    if Month.objects.filter(state=MonthState.CLOSED, day__gte=scheme.month).exists():
        found.append(_("The scheme begins with a month that is closed, or before one."))
    same = PayScheme.objects.filter(position=scheme.position, month=scheme.month, state=SchemeState.APPROVED)
    if same.exclude(pk=scheme.pk).exists():
        found.append(_("The position has an approved scheme from this month on already."))
    return found


@transaction.atomic
def approve(*, scheme: PayScheme, seen: int, acting_user: Employee, now: datetime) -> PayScheme:
    """Let a scheme hold from its month on; the director's act.

    Schemes of a post are approved one after another, and not while a month they pay for is being closed.
    """
    require(acting_user, Act.APPROVE_PAY)
    list(Position.objects.select_for_update(no_key=True).filter(pk=scheme.position_id))
    list(Month.objects.select_for_update(of=("self",)).filter(day__gte=scheme.month).order_by("day"))
    found = _draft(scheme, seen)
    if wrong := faults(found):
        raise Refused(" ".join(wrong))
    found.state, found.approved_by, found.approved_at = SchemeState.APPROVED, acting_user, now
    _touch(found)
    return found


@transaction.atomic
def discard(*, scheme: PayScheme, seen: int, acting_user: Employee) -> None:
    """Take a draft away."""
    require(acting_user, Act.CHANGE_PAY)
    _draft(scheme, seen).delete()


@transaction.atomic
def set_rate(*, month: date, percent: Decimal, acting_user: Employee) -> PayFundRate:
    """Say what part of the turnover is the pay fund from a month on (R259)."""
    require(acting_user, Act.CHANGE_PAY)
    if Month.objects.filter(state=MonthState.CLOSED, day__gte=month).exists():
        raise Refused(_("The rate begins with a month that is not closed."))
    row = PayFundRate.objects.select_for_update().filter(month=month).first() or PayFundRate(month=month)
    row.percent, row.author = percent, acting_user
    _clean(row)
    row.save()
    return row
