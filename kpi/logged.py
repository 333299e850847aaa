"""What the room writes into the log of changes: plans, indicators, months closed, pay (R231, R233, R381)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi.measures.models import MonthState
from kpi.pay.models import PayScheme
from kpi.plans.models import PlanVersion
from salescrm.base import show
from salescrm.base.change_log import Scope
from salescrm.base.timeline import Event, Kind
from staff.access import Act, may


def _plans(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in PlanVersion.objects.select_related("approved_by").in_bulk(list(ids)).items():
        said = {"number": one.number, "first": show.month(one.first_month), "last": show.month(one.last_month)}
        text = _("Plan %(number)s approved: %(first)s – %(last)s") % said
        who = one.approved_by.short_name if one.approved_by else ""
        found[pk] = Event("target", text, one.reason or one.comment, url=reverse("kpi:plan", args=[pk]), note=who)
    return found


def _rows(scope: Scope) -> Any:
    approved = PlanVersion.objects.filter(approved_at__isnull=False)
    return scope.narrow(approved, day="approved_at__date", author="approved_by")


def _of_months(scope: Scope) -> Any:
    events = apps.get_model("kpi", "MonthEvent")._default_manager
    before = events.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id")).order_by("-pgh_id")
    acts = events.filter(changed_at__isnull=False).annotate(former=Subquery(before.values("state")[:1]))
    changed = acts.exclude(former=F("state"))
    return scope.narrow(changed, day="changed_at__date", author="changed_by")


def _months(ids: Sequence[int], person: Any) -> dict[int, Event]:
    events = apps.get_model("kpi", "MonthEvent")._default_manager.select_related("changed_by")
    found = {}
    for pk, one in events.in_bulk(list(ids)).items():
        is_closed = one.state == MonthState.CLOSED
        text = (_("Month %s closed") if is_closed else _("Month %s opened again")) % show.month(one.day)
        found[pk] = Event("lock" if is_closed else "lock-open", text, one.reason, note=one.changed_by.short_name)
    return found


def _of_schemes(scope: Scope) -> Any:
    approved = PayScheme.objects.filter(approved_at__isnull=False)
    return scope.narrow(approved, day="approved_at__date", author="approved_by")


def _schemes(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in PayScheme.objects.select_related("position", "approved_by").in_bulk(list(ids)).items():
        said = {"position": one.position, "month": show.month(one.month)}
        text = _("Pay of “%(position)s” from %(month)s on approved") % said
        url = reverse("kpi:pay-scheme", args=[pk])
        found[pk] = Event(
            "coins", text, one.comment, url=url, note=one.approved_by.short_name if one.approved_by else ""
        )
    return found


def _of_rates(scope: Scope) -> Any:
    return scope.narrow(
        apps.get_model("kpi", "PayFundRateEvent")._default_manager.all(), day="pgh_created_at__date", author="author"
    )


def _rates(ids: Sequence[int], person: Any) -> dict[int, Event]:
    events = apps.get_model("kpi", "PayFundRateEvent")._default_manager.select_related("author")
    return {
        pk: Event(
            "percentage",
            _("Pay fund from %(month)s on: %(share)s %% of turnover")
            % {"month": show.month(one.month), "share": show.number(one.percent, 3)},
            url=reverse("kpi:pay-fund"),
            note=one.author.short_name,
        )
        for pk, one in events.in_bulk(list(ids)).items()
    }


def _of_sets(scope: Scope) -> Any:
    events = apps.get_model("kpi", "IndicatorSetEvent")._default_manager
    # taking a set away counts its version up first: one act, one line
    gone = events.filter(pgh_obj=OuterRef("pgh_obj"), version=OuterRef("version"), pgh_label="delete")
    acts = events.exclude(Exists(gone), pgh_label="update")
    return scope.narrow(acts, day="pgh_created_at__date", author="author")


def _sets(ids: Sequence[int], person: Any) -> dict[int, Event]:
    texts = {
        "insert": _("Indicators of “%(position)s” from %(month)s on: set begun"),
        "update": _("Indicators of “%(position)s” from %(month)s on: changed"),
        "delete": _("Indicators of “%(position)s” from %(month)s on: set taken away"),
    }
    events = apps.get_model("kpi", "IndicatorSetEvent")._default_manager.select_related("author", "position")
    found = {}
    for pk, one in events.in_bulk(list(ids)).items():
        text = texts[one.pgh_label] % {"position": one.position, "month": show.month(one.month)}
        url = f"{reverse('kpi:indicator-position', args=[one.position_id])}?month={one.month:%Y-%m}"
        found[pk] = Event("gauge", text, "", url=url, note=one.author.short_name if one.author else "")
    return found


def _sets_pay(person: Any) -> bool:
    return may(person, Act.CHANGE_PAY) or may(person, Act.APPROVE_PAY)


KINDS = (
    Kind("plans", gettext_lazy("Plans"), "approved_at__date", _rows, _plans),
    Kind("indicators", gettext_lazy("Indicators"), "pgh_created_at__date", _of_sets, _sets),
    Kind("months", gettext_lazy("Months of figures"), "changed_at__date", _of_months, _months),
    Kind("pay", gettext_lazy("Pay"), "approved_at__date", _of_schemes, _schemes, is_shown=_sets_pay),
    Kind("pay-fund", gettext_lazy("Pay fund"), "pgh_created_at__date", _of_rates, _rates, is_shown=_sets_pay),
)
