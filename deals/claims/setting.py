"""What claims are about and why they come, with the terms of each kind: the only writer of them (R192)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from deals.actions import Refused
from deals.claims.models import ClaimCause, ClaimKind, ClaimTerms
from staff.access import Act, require
from staff.models import Employee

__all__ = ["Refused", "set_cause", "set_kind", "set_terms"]
Word = TypeVar("Word", ClaimKind, ClaimCause)


@transaction.atomic
def set_kind(*, found: ClaimKind | None, fields: Mapping[str, Any], acting_user: Employee) -> ClaimKind:
    """Add a kind with its first terms, or change one (name, name_en, order, is_active); one at least is offered."""
    require(acting_user, Act.CHANGE_PIPELINES)
    return _set(ClaimKind, found, fields)


@transaction.atomic
def set_cause(*, found: ClaimCause | None, fields: Mapping[str, Any], acting_user: Employee) -> ClaimCause:
    """Add a cause, or change one (name, name_en, order, is_active); one at least is offered."""
    require(acting_user, Act.CHANGE_PIPELINES)
    return _set(ClaimCause, found, fields)


def set_terms(
    *,
    kind: ClaimKind,
    answer_days: int,
    decision_days: int,
    effective_from: date,
    comment: str,
    acting_user: Employee,
    today: date,
    now: datetime,
) -> ClaimTerms:
    """Let a kind have other terms from a day on; claims registered before keep theirs.

    Refused: a day that is over, for what was promised stays; a decision before the answer.
    """
    require(acting_user, Act.CHANGE_PIPELINES)
    if effective_from < today:
        raise Refused(_("Terms are changed from today on: claims that are registered keep theirs."))
    if decision_days < answer_days:
        raise Refused(_("The decision does not come before the first answer."))
    return ClaimTerms.objects.create(
        kind=kind, answer_days=answer_days, decision_days=decision_days, effective_from=effective_from,
        comment=comment, author=acting_user, created_at=now,
    )  # fmt: skip


def _set(model: type[Word], found: Word | None, fields: Mapping[str, Any]) -> Word:
    offered = set(model.objects.select_for_update(no_key=True).filter(is_active=True).values_list("pk", flat=True))
    if not fields["is_active"] and not offered - {found.pk if found else None}:
        raise Refused(_("One at least stays offered."))
    same = model.objects.filter(name=fields["name"])
    if (same.exclude(pk=found.pk) if found else same).exists():
        raise Refused(_("There is one with this name already."))
    one = found or model(code=f"own-{uuid4().hex[:12]}")
    for name, value in fields.items():
        setattr(one, name, value)
    one.save()
    return one
