"""Classes of any day, past ones too, with rules that need not be saved; everything is rolled back."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from salescrm.base import sql
from salescrm.base.jobs import Refused
from segmentation.models import Measure, RuleSet
from segmentation.preview import transient
from segmentation.steps import APP, Night, classes, journal, turnover


def classify(
    as_of: date, *, measure: str | None = None, limits: tuple[Decimal, Decimal] | None = None
) -> dict[str, Any]:
    """Return the JSON of `segment`: window, classified, abc, xyz, matrix, top (cells and cap of the rules).

    Raises Refused when no rules are in force or the limits make no sense.
    """
    rules = _rules(as_of, measure, limits)
    with transaction.atomic():
        night = Night(as_of, transient(rules, as_of), before=None, rebuild=True)
        turnover.sum_up_anew(night)
        classes.classify(night)
        told = _told(night)
        transaction.set_rollback(True)
    return told


def _rules(as_of: date, measure: str | None, limits: tuple[Decimal, Decimal] | None) -> RuleSet:
    try:
        rules = copy.copy(RuleSet.objects.in_force(as_of))
    except RuleSet.DoesNotExist:
        raise Refused(
            _("no rule set is in force on %(day)s: run `manage.py reference` first") % {"day": as_of}
        ) from None
    rules.measure = measure or rules.measure
    if limits:
        unit = "cv" if rules.measure == Measure.CV else "share"
        setattr(rules, f"x_{unit}", limits[0])
        setattr(rules, f"y_{unit}", limits[1])
    try:
        rules.validate_constraints(exclude={"effective_from"})
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    return rules


def _told(night: Night) -> dict[str, Any]:
    cells = sql.rows(APP, "count_night_cells")
    rules = night.rule_set
    members = sql.row(APP, "count_night_top", {"cells": rules.top_cells, "cap": rules.top_cap})
    start, end = night.window
    return {
        "as_of": night.as_of.isoformat(),
        "window": [start.isoformat(), end.isoformat()],
        "classified": sum(row["clients"] for row in cells if row["abc"]),
        **journal.matrix(cells),
        "empty_months": classes.empty_months(night),
        "top": journal.shares(members["clients"], members["turnover"], cells) | {"cells": rules.top_cells},
    }
