"""What a base holds, row for row, without what may differ between equal bases: numbers of rows, times, seconds."""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.apps import apps
from django.db import models

from salescrm import embedded

NATURAL = {  # how a row of a table is named in another one's dump
    "clients.Client": ["name"],
    "clients.LegalEntity": ["name"],
    "clients.Source": ["code"],
    "clients.Product": ["code"],
    "clients.Category": ["name"],
    "clients.Direction": ["code"],
    "clients.Shipment": ["number", "external_id", "day"],
    "clients.Segment": ["code"],
    "clients.Sphere": ["code"],
    "staff.Branch": ["code"],
    "staff.Employee": ["username"],
    "deals.Deal": ["title", "client__name"],
    "deals.Stage": ["code"],
    "segmentation.FocusList": ["owner__username", "starts_on"],
    "segmentation.RuleSet": ["effective_from"],
    "kpi.Month": ["day"],
}
LEFT_OUT = {"Intake", "StoredFile", "Job"}  # a killed import leaves its own traces
TABLES = {
    "clients": ["Client", "LegalEntity", "ExternalCode", "Source", "Product", "Category", "Shipment", "ShipmentLine",
                "Ownership", "Standing", "TouchedMonth"],
    "segmentation": ["MonthlyTurnover", "PurchaseDay", "CategoryTurnover", "Classification", "TopMembership",
                     "ClientState", "StatusChange", "ZeroCase", "Exclusion", "TouchedPair", "PendingClient",
                     "PriorityScore", "FocusList", "FocusClient"],
    "deals": ["Task", "Deal", "StageEntry"],
    "kpi": ["Result", "DirectionResult", "DayResult"],
    "base": ["StepRun", "Notification"],
}  # fmt: skip
NOT_COMPARED = {"seconds", "at", "created_at", "closed_at", "entered_at", "read_at", "detail", "url"}


def columns(model: type[models.Model]) -> list[str]:
    """Name what is compared of a table: plain columns and the natural keys of what it points to."""
    names: list[str] = []
    for field in model._meta.concrete_fields:
        if field.name in NOT_COMPARED or (field.primary_key and not field.remote_field):
            continue
        target = field.related_model
        if target is None:
            names.append(field.name)
        elif target._meta.object_name not in LEFT_OUT and target._meta.label in NATURAL:
            names += [f"{field.name}__{key}" for key in NATURAL[target._meta.label]]
    return names


def rows(model: type[models.Model]) -> list[str]:
    """List the rows of a table as text, in an order of their own."""
    found = model._default_manager.all()
    if model._meta.object_name == "StepRun":
        found = found.exclude(state="failed")
    return sorted(str(row) for row in found.values_list(*columns(model)))


def whole() -> dict[str, Any]:
    """Dump the base."""
    return {f"{app}.{name}": rows(apps.get_model(app, name)) for app, names in TABLES.items() for name in names}


def main(_: list[str]) -> None:
    """Print the base."""
    embedded.ensure_running()
    django.setup()
    json.dump(whole(), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
