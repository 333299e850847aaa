"""The terms of pay in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kpi.indicators.attainment import Scale
from kpi.indicators.reading import value
from kpi.pay.models import Part, PayComponent
from kpi.pay.rules import Way
from salescrm.base import show


def of_component(component: PayComponent) -> dict[str, Any]:
    """Say a component's terms in words."""
    if component.part == Part.SOFT:
        pays = show.percent(component.weight / 100)
    else:
        pays = {
            Way.TARGET: _("%s at 100 %%") % show.money(component.rate),
            Way.PERCENT: _("%s of the fact") % show.percent(component.rate / 100, 2),
            Way.UNIT: _("%s for each") % show.money(component.rate),
        }[Way(component.way)]
    target = value(component.measure, component.target) if component.target else _("of the plan")
    limits = f"{show.percent(component.floor)} – {show.percent(component.cap)}"
    if component.scale != Scale.LINEAR:
        limits += f" · {component.get_scale_display()}"
    return {"component": component, "pays": pays, "target": target, "limits": limits}
