"""Figures of nights for who does not see the whole company: of the person's own clients, equal to the lists behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from clients.models import Client, Ownership
from segmentation import casebook
from segmentation.models import CaseRule, StatusChange, TopMembership, ZeroCase

Figures = dict[str, Any]


def figures(days: Sequence[date], clients: QuerySet[Client]) -> dict[date, Figures]:
    """Return of each night the figures of these clients, in a number of queries that does not grow with the nights."""
    ids = clients.values("pk")
    flagged = _by_day(StatusChange.objects.filter(after="zero", client__in=ids), "as_of", days)
    moved = {
        reason: _by_day(Ownership.objects.filter(reason=reason, client__in=ids), "night", days)
        for reason in ("zero", "return", "correction")
    }
    members = TopMembership.objects.filter(client__in=ids)
    entered, left = _by_day(members, "entered_on", days), _by_day(members, "left_on", days)
    listed = _standing(members, {day: _member_on(day) for day in days})
    cases = casebook.marked().filter(client__in=ids)
    asked = _standing(cases, {day: casebook.proposed(day) for day in days})
    waiting = _standing(cases, {day: casebook.waiting(day) for day in days})
    rules = _by_rule(days, ids)
    return {
        day: {
            "top": {"clients": listed[day], "entered": entered[day], "left": left[day]},
            "zero": {
                "flagged": flagged[day],
                "handed_over": moved["zero"][day],
                "returned": moved["return"][day],
                "corrections": moved["correction"][day],
                "awaiting_approval": asked[day],
                "waiting": waiting[day],
                "by_rule": rules[day],
            },
        }
        for day in days
    }


def _by_day(rows: QuerySet[Any], column: str, days: Sequence[date]) -> dict[date, int]:
    counted = rows.filter(**{f"{column}__in": days}).order_by().values_list(column)
    return defaultdict(int, counted.annotate(n=Count("client", distinct=True)))


def _standing(rows: QuerySet[Any], conditions: dict[date, Q]) -> dict[date, int]:
    """Count rows under one condition per night, all nights in one query."""
    asked = {f"n{place}": Count("client", filter=one, distinct=True) for place, one in enumerate(conditions.values())}
    found = rows.aggregate(**asked) if asked else {}
    return {day: found[f"n{place}"] for place, day in enumerate(conditions)}


def _member_on(day: date) -> Q:
    return Q(entered_on__lte=day) & (Q(left_on__isnull=True) | Q(left_on__gt=day))


def _by_rule(days: Sequence[date], ids: QuerySet[Any, Any]) -> dict[date, dict[str, int]]:
    """Count hand-overs of nights by rule; those of people are of no night."""
    one_day = timedelta(days=1)
    by_night = Ownership.objects.filter(client=OuterRef("client"), starts_on=OuterRef("handed_on"), night__isnull=False)
    cases = ZeroCase.objects.filter(Exists(by_night), client__in=ids, handed_on__in=[day + one_day for day in days])
    found: dict[date, dict[str, int]] = {day: dict.fromkeys(CaseRule.values, 0) for day in days}
    for handed_on, rule, number in cases.order_by().values_list("handed_on", "rule").annotate(n=Count("pk")):
        found[handed_on - one_day][rule] = number
    return found
