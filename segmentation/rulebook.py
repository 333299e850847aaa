"""Rule sets as people read them: groups of fields, differences between two, what the rules did in a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from salescrm.base import show
from salescrm.base.periods import add_months
from segmentation.contact_norm import ContactNorm
from segmentation.forms import PERCENTS
from segmentation.models import CaseRule, CaseState, RuleSet, ZeroCase

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

BACK_SOON_DAYS = 60
EFFECT_MONTHS = 12

_CLASSES = (
    "window_months", "a_share", "b_share", "measure", "unit", "x_share", "y_share", "x_cv", "y_cv", "min_months",
    "key_client_share", "first_purchase_known_from",
)  # fmt: skip
_RHYTHM = (
    "own_rhythm", "zero_rhythm_factor", "hand_over_rhythm_factor", "rhythm_min_purchases", "seasonal_guard",
    "archive_months", "archive_cycles",
)  # fmt: skip
_HAND_OVER = (
    "hand_over_mode", "grace_days", "order_in_work_days", "absence_days", "swing_returns", "recovered_months",
    "exclusion_days", "separation_days",
)  # fmt: skip
_GUARDS = (
    "feed_guard", "feed_working_days", "feed_source_days", "size_guard", "size_night", "size_month_end", "size_30_days",
    "size_min_clients", "backlog_guard", "backlog_share", "concentration_warning", "concentration_critical",
)  # fmt: skip
GROUPS: tuple[tuple[str, _StrOrPromise, tuple[str, ...]], ...] = (
    ("classes", gettext_lazy("Classes"), _CLASSES),
    ("top", gettext_lazy("TOP list"), ("top_cells", "top_cap", "review_months")),
    ("rhythm", gettext_lazy("Own rhythm and season"), _RHYTHM),
    ("hand_over", gettext_lazy("Hand-over and return"), _HAND_OVER),
    ("guards", gettext_lazy("Guards"), _GUARDS),
)
TERMS = (
    ("zero", gettext_lazy("Zero")),
    ("hand_over", gettext_lazy("Hand-over")),
    ("lost", pgettext_lazy("term", "Lost")),
)
TERM_CLASSES = (("top", "TOP"), ("new", pgettext_lazy("clients", "new")), ("other", gettext_lazy("others")))
SILENT = ("id", "effective_from", "comment", "author", "created_at")


@dataclass(frozen=True)
class Difference:
    """A field two rule sets differ in, in words."""

    label: str
    before: str
    after: str


def differences(before: RuleSet | None, after: RuleSet) -> list[Difference]:
    """Return what `after` changes; nothing for the first rule set."""
    if before is None:
        return []
    fields = [one for one in RuleSet._meta.concrete_fields if one.name not in SILENT]
    return [
        Difference(str(one.verbose_name), said(before, one.name), said(after, one.name))
        for one in fields
        if getattr(before, one.name) != getattr(after, one.name)
    ]


def norm_differences(before: ContactNorm | None, after: ContactNorm) -> list[Difference]:
    """Return what a version of the contact norm changes; nothing for the first one."""
    if before is None:
        return []
    return [
        Difference(str(one.verbose_name), said(before, one.name), said(after, one.name))
        for one in ContactNorm._meta.concrete_fields
        if one.name not in SILENT and getattr(before, one.name) != getattr(after, one.name)
    ]


def read_norm(norm: ContactNorm) -> list[tuple[str, str]]:
    """Return the contact norm with labels and values, for reading."""
    fields = [one for one in ContactNorm._meta.concrete_fields if one.name not in SILENT]
    return [(str(one.verbose_name), said(norm, one.name)) for one in fields]


def said(rules: RuleSet | ContactNorm, name: str) -> str:
    """Return a field's value as people read it."""
    value = getattr(rules, name)
    if name in PERCENTS:
        return show.percent(value, 0 if (value * 100) % 1 == 0 else 2)
    if isinstance(value, bool):
        return pgettext("switch", "on") if value else pgettext("switch", "off")
    if isinstance(value, list):
        return ", ".join(value) or show.NOTHING
    if isinstance(value, date):
        return show.day_long(value)
    chosen = getattr(rules, f"get_{name}_display", None)
    if chosen:
        return str(chosen())
    if isinstance(value, Decimal):
        return show.number(value, 0 if value % 1 == 0 else 2)
    return show.number(value)


def read(rules: RuleSet) -> list[dict[str, Any]]:
    """Return the groups of a rule set with labels and values, for reading."""
    labels = {one.name: str(one.verbose_name) for one in RuleSet._meta.concrete_fields}
    return [
        {"title": title, "rows": [(labels[name], said(rules, name)) for name in names if _matters(rules, name)]}
        for _key, title, names in GROUPS
    ]


def _matters(rules: RuleSet, name: str) -> bool:
    """Leave out the limits of the measure that is not in use."""
    if rules.measure == "cv":
        return name not in ("x_share", "y_share", "unit", "min_months")
    return name not in ("x_cv", "y_cv")


def terms(rules: RuleSet) -> list[tuple[_StrOrPromise, list[int]]]:
    """Return the table of terms: a line per status with months for TOP, new and others."""
    return [(label, [getattr(rules, f"{name}_{who}") for who, _label in TERM_CLASSES]) for name, label in TERMS]


@dataclass(frozen=True)
class Effect:
    """What hand-overs by one rule came to in a year."""

    label: str
    handed: int
    back_soon: int
    back: int

    @property
    def share_back_soon(self) -> Decimal | None:
        """Share that bought again within 60 days: people would say these were handed over too early."""
        return Decimal(self.back_soon) / self.handed if self.handed else None


def effects(clients: Any, as_of: date) -> list[Effect]:
    """Return per rule the hand-overs of the year before `as_of` that have had their 60 days, and how many came back.

    Hand-overs a person undid or the night corrected are not counted.
    """
    until = as_of - timedelta(days=BACK_SOON_DAYS)
    done = ZeroCase.objects.filter(
        client__in=clients.values("pk"),
        handed_on__gt=add_months(until, -EFFECT_MONTHS),
        handed_on__lte=until,
        state__in=[CaseState.HANDED_OVER, CaseState.RETURNED, CaseState.JOINED, CaseState.CLOSED],
    )
    back = Q(state=CaseState.RETURNED)
    soon = back & Q(bought_on__lte=F("handed_on") + timedelta(days=BACK_SOON_DAYS))
    counted = (
        done.order_by()
        .values("rule")
        .annotate(n=Count("pk"), back=Count("pk", filter=back), soon=Count("pk", filter=soon))
    )
    rows = {row["rule"]: row for row in counted}
    labels = dict(CaseRule.choices)
    return [
        Effect(str(labels[one]), rows[one]["n"], rows[one]["soon"], rows[one]["back"])
        for one in CaseRule.values
        if one in rows
    ]
